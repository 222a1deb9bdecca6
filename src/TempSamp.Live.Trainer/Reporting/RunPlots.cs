using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace TempSamp.Live.Trainer;

/// <summary>Draws runs beside each other as PNG files: reward, task reward, skewness of the advantages, dead groups, validations, and the spread of the task reward over the run.</summary>
public static class RunPlots
{
    private const int Width = 900, Height = 520;

    /// <summary>Parts of a run that the spread is drawn of.</summary>
    private const int Stretches = 5;

    /// <summary>A running mean is over this part of the longest run.</summary>
    private const int SmoothParts = 20;

    /// <summary>Draws all plots and returns their files.</summary>
    /// <param name="runs">At least one run.</param>
    /// <param name="directory">Made if absent.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<RunSummary> runs, string directory)
    {
        Directory.CreateDirectory(directory);
        List<string> files =
        [
            Curves(runs, s => s.Reward, "Reward of sampled solutions", "mean reward", Path.Combine(directory, "reward.png")),
            Curves(runs, s => s.IoU, "Task reward of sampled solutions", "mean IoU", Path.Combine(directory, "iou.png")),
            Curves(runs, s => s.AdvantageSkewness, "Skewness of the advantages", "skewness", Path.Combine(directory, "skewness.png")),
            Curves(runs, s => s.DeadGroups, "Groups that teach nothing", "share of groups", Path.Combine(directory, "dead-groups.png")),
            Spread(runs, Path.Combine(directory, "iou-spread.png")),
        ];
        if (runs.Any(r => r.Steps.Any(s => s.Validation is not null)))
            files.Add(Curves(runs, s => s.Validation?.MeanIoU, "Held-out windows", "mean IoU", Path.Combine(directory, "validation.png"), isSmooth: false));
        return files;
    }

    private static string Curves(IReadOnlyList<RunSummary> runs, Func<StepReport, double?> of, string title, string unit, string path, bool isSmooth = true)
    {
        using var plot = new Plot();
        var window = isSmooth ? Math.Max(1, runs.Max(r => r.Steps.Count) / SmoothParts) : 1;
        foreach (var run in runs)
        {
            var (steps, values) = run.Curve(of, window);
            if (steps.Length > 0) plot.Add.ScatterLine(steps, values).LegendText = run.Name;
        }
        plot.XLabel("step");
        return Save(plot, title, unit, path);
    }

    private static string Spread(IReadOnlyList<RunSummary> runs, string path)
    {
        using var plot = new Plot();
        foreach (var (place, run) in runs.Index())
        {
            var boxes = run.Boxes(Stretches).Select(b => new Box
            {
                Position = b.Stretch * (runs.Count + 1) + place,
                WhiskerMin = b.Box.Low, BoxMin = b.Box.Quarter, BoxMiddle = b.Box.Median, BoxMax = b.Box.ThreeQuarters, WhiskerMax = b.Box.High,
            }).ToList();
            if (boxes.Count > 0) plot.Add.Boxes(boxes).LegendText = run.Name;
        }
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. Enumerable.Range(0, Stretches).Select(s => new Tick(
            s * (runs.Count + 1) + (runs.Count - 1) / 2.0, string.Create(CultureInfo.InvariantCulture, $"{100 * s / Stretches}-{100 * (s + 1) / Stretches} %")))]);
        plot.XLabel("part of the run");
        return Save(plot, "Spread of the sampled solutions' task reward", "IoU", path);
    }

    private static string Save(Plot plot, string title, string unit, string path)
    {
        plot.Title(title);
        plot.YLabel(unit);
        plot.ShowLegend();
        plot.SavePng(path, Width, Height);
        return path;
    }
}
