using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary>The table of an experiment: a line for each way, mean and standard deviation over seeds, and how far it is from the baseline.</summary>
public static class ExperimentTable
{
    private const int Resamples = 2000;

    /// <summary>The lines, in Markdown.</summary>
    /// <param name="results">Finished runs.</param>
    /// <param name="baseline">Way that differences are taken to.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<ExperimentResult> results, string baseline)
    {
        yield return "| arm | seeds | mIoU | R1@0.3 | R1@0.5 | R1@0.7 | unparsed | dead groups | skewness | mIoU against " + baseline + " (95 %) | tokens | s/window |";
        yield return "|---|---|---|---|---|---|---|---|---|---|---|---|";
        foreach (var arm in results.GroupBy(r => r.Arm))
        {
            var runs = arm.ToList();
            var apart = arm.Key == baseline ? "" : Difference(runs, [.. results.Where(r => r.Arm == baseline)]) is { } d ? F($"{d.Mean:+0.000;-0.000} ({d.Low:+0.000;-0.000} to {d.High:+0.000;-0.000})") : "";
            yield return F($"| {arm.Key} | {runs.Count} | {Spread(runs, r => r.MeanIoU(), "0.000")} | {Percent(0.3)} | {Percent(0.5)} | {Percent(0.7)} | {runs.Average(r => r.Unparsed):P1} | {runs.Average(r => r.DeadGroups):P0} | {runs.Average(r => r.Skewness):0.00} | {apart} | {runs.Average(r => r.MeanTokens):0.0} | {runs.Average(r => r.SecondsPerWindow):0.00} |");

            string Percent(double threshold) => Spread(runs, r => 100 * r.RecallAt(threshold), "0.0");
        }
    }

    /// <summary>Difference of mean IoU between two ways over the seeds that both have, with a paired bootstrap interval over the questions.</summary>
    /// <returns>Null where they share no seed.</returns>
    public static (double Mean, double Low, double High)? Difference(IReadOnlyList<ExperimentResult> runs, IReadOnlyList<ExperimentResult> baseline)
    {
        var pairs = runs.Join(baseline, r => r.Seed, b => b.Seed, (r, b) => r.IoUs.Zip(b.IoUs, (x, y) => x - y).ToArray()).ToArray();
        if (pairs.Length == 0) return null;
        var questions = Enumerable.Range(0, pairs[0].Length).Select(q => pairs.Average(p => p[q])).ToArray();
        var dice = new Random(1);
        var means = Enumerable.Range(0, Resamples).Select(_ => Enumerable.Range(0, questions.Length).Average(_ => questions[dice.Next(questions.Length)])).Order().ToArray();
        return (questions.Average(), means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples)]);
    }

    private static string Spread(List<ExperimentResult> runs, Func<ExperimentResult, double> of, string format)
    {
        var values = runs.Select(of).ToArray();
        var mean = values.Average();
        var deviation = values.Length < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        return $"{mean.ToString(format, CultureInfo.InvariantCulture)} ± {deviation.ToString(format, CultureInfo.InvariantCulture)}";
    }

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
