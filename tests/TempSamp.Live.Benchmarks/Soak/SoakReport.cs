using System.Globalization;
using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Benchmarks;

/// <summary>One fault and what followed.</summary>
/// <param name="Fault">What happened.</param>
/// <param name="Stream">To which stream.</param>
/// <param name="Seconds">From the source's return to the first packet on the tape.</param>
/// <param name="Sessions">Sessions so far: one, where all went on.</param>
/// <param name="Timeline">Media and gaps so far in seconds.</param>
/// <param name="Drift">Wall time minus timeline in seconds.</param>
public sealed record SoakFault(string Fault, string Stream, double Seconds, int Sessions, double Timeline, double Drift);

/// <summary>A stream at the end.</summary>
public sealed record SoakStream(string Stream, int Sessions, TimelineAccount Timeline, TapeStatus Tape, IReadOnlyList<string> Notes);

/// <summary>A whole run.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Length">How long.</param>
/// <param name="Faults">Each fault of each stream.</param>
/// <param name="ResidentMiB">Resident memory after each cycle of faults.</param>
/// <param name="Streams">The streams at the end.</param>
public sealed record SoakReport(MachineFacts Machine, TimeSpan Length, IReadOnlyList<SoakFault> Faults, IReadOnlyList<double> ResidentMiB, IReadOnlyList<SoakStream> Streams)
{
    /// <summary>Growth of resident memory from the first cycle's end to the last one's.</summary>
    public double Growth => ResidentMiB.Count < 2 ? 0 : (ResidentMiB[^1] / ResidentMiB[0]) - 1;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine}
        {Faults.Count} faults in {Length.TotalMinutes:0.0} min
        {string.Join('\n', Faults.GroupBy(fault => fault.Fault).Select(same => string.Create(CultureInfo.InvariantCulture, $"  {same.Key,-24} read again after {string.Join(", ", same.GroupBy(fault => fault.Stream).Select(stream => string.Create(CultureInfo.InvariantCulture, $"{stream.Key} {stream.Max(fault => fault.Seconds):0.00}")))} s at most")))}
        reconnect: most {Faults.Max(fault => fault.Seconds):0.00} s (goal <= 3 s)
        {string.Join('\n', Streams.Select(stream => string.Create(CultureInfo.InvariantCulture, $"  {stream.Stream}: {stream.Sessions} session, media {stream.Timeline.Media.TotalSeconds:0.0} s + {stream.Timeline.GapCount} gaps of {stream.Timeline.Gaps.TotalSeconds:0.0} s, wall minus timeline {stream.Timeline.Drift?.TotalSeconds:0.000} s = {100 * Math.Abs(stream.Timeline.Drift?.TotalSeconds ?? 0) / stream.Timeline.Total.TotalSeconds:0.000} % (goal <= 0.1 %); {string.Join(", ", stream.Notes)}")))}
        resident memory after each cycle: {string.Join(", ", ResidentMiB.Select(mib => mib.ToString("0.0", CultureInfo.InvariantCulture)))} MiB, growth {100 * Growth:0.0} % (goal < 5 %)
        """);
}
