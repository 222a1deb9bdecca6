using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train report</c>: plots of one run, or of several beside each other, and how they ended.</summary>
public static class ReportCommand
{
    private static readonly (string Name, Func<StepReport, double?> Of)[] s_columns =
        [("reward", s => s.Reward), ("iou", s => s.IoU), ("unparsed", s => s.Unparsed), ("skewness", s => s.AdvantageSkewness), ("dead", s => s.DeadGroups), ("entropy", s => s.Entropy), ("seconds", s => s.Seconds)];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runs = new Argument<string[]>("runs") { Description = "--out folders of grpo, tempsamp or sft --phases runs.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<DirectoryInfo?>("--out") { Description = "Folder of the PNG files; plots in the first run's folder when left out." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("report", "Draws reward, IoU, skewness, dead groups and the spread of the IoU of training runs as PNG files.") { runs, output, json };
        command.SetAction(parse =>
        {
            var read = parse.GetValue(runs)!.Select(RunSummary.Read).ToArray();
            var files = RunPlots.Draw(read, parse.GetValue(output)?.FullName ?? Path.Combine(parse.GetValue(runs)![0], "plots"));
            Print(read, files, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return 0;
        });
        return command;
    }

    private static void Print(RunSummary[] runs, IReadOnlyList<string> files, bool json, TextWriter to)
    {
        if (json)
        {
            to.WriteLine(JsonSerializer.Serialize(new { plots = files, runs = runs.Select(r => new { run = r.Name, steps = r.Steps.Count, atEnd = s_columns.ToDictionary(c => c.Name, c => r.AtEnd(c.Of)) }) }));
            return;
        }
        to.WriteLine($"{"run",-24} {"steps",6} {string.Join(' ', s_columns.Select(c => $"{c.Name,9}"))}   (means of the last tenth of the steps)");
        foreach (var run in runs)
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Name,-24} {run.Steps.Count,6} {string.Join(' ', s_columns.Select(c => (run.AtEnd(c.Of) is { } v ? v.ToString("0.000", CultureInfo.InvariantCulture) : "-").PadLeft(9)))}"));
        foreach (var file in files) to.WriteLine(file);
    }
}
