using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>Tells how a pass went: as a table, or as JSON.</summary>
internal static class DemoPrinter
{
    /// <summary>The table, the strays, one line of sums, and where to look.</summary>
    public static void Table(TextWriter output, DemoReport report, DemoCost cost, string folder)
    {
        output.WriteLine();
        TextTable.Write(output, ["event", "truth", "found", "IoU", "end to ready", "clip"], [.. report.Rows.Select(Cells)]);
        foreach (var stray in report.Unmatched) output.WriteLine($"matches no event: {stray.QueryId} at {stray.Span}, {stray.Path}");
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Matched} of {report.Rows.Count} events matched (IoU >= {DemoReport.MatchIoU}), {report.Unmatched.Count} clips match none; {cost.CpuPerStreamSecond:0.00} CPU seconds per stream second, peak memory {cost.PeakMemoryBytes >> 20} MiB"));
        output.WriteLine($"clips: {Path.Combine(folder, "clips", DemoSettings.StreamId)}   events: {Path.Combine(folder, "events.jsonl")}");
    }

    /// <summary>The same for machines.</summary>
    public static void Document(TextWriter output, DemoReport report, DemoCost cost, string folder) => Json.Write(output, new
    {
        report.Passed,
        Events = report.Rows.Count,
        report.Matched,
        UnmatchedClips = report.Unmatched.Count,
        cost.CpuPerStreamSecond,
        cost.PeakMemoryBytes,
        Folder = folder,
        Rows = report.Rows.Select(row => new
        {
            Query = row.Truth.QueryId,
            Truth = Milliseconds(row.Truth.Span),
            Found = row.Clip is null ? null : Milliseconds(row.Clip.Span),
            row.IoU,
            row.Matched,
            EventEndToReadySeconds = row.EventEndToReady?.TotalSeconds,
            Clip = row.Clip?.Path,
        }),
        Unmatched = report.Unmatched.Select(clip => new { Query = clip.QueryId, Found = Milliseconds(clip.Span), Clip = clip.Path }),
    });

    private static string[] Cells(DemoRow row) =>
    [
        row.Truth.QueryId,
        row.Truth.Span.ToString(),
        row.Clip?.Span.ToString() ?? "-",
        row.Clip is null ? "-" : row.IoU.ToString("0.00", CultureInfo.InvariantCulture),
        row.EventEndToReady is { } late ? string.Create(CultureInfo.InvariantCulture, $"{late.TotalSeconds:0.0} s") : "-",
        row.Clip?.Path ?? "-",
    ];

    private static object Milliseconds(TimeRange range) => new { StartMs = range.Start.Milliseconds, EndMs = range.End.Milliseconds };
}
