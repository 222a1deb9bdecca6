namespace TempSamp.Live.Trainer;

/// <summary>How well scores rank, and how well probabilities are probabilities.</summary>
public static class Reliability
{
    private const int Bins = 15;

    /// <summary>Area under the curve: probability that something true scores higher than something false, ties half; not a number without both.</summary>
    public static double Auroc(IEnumerable<(double Score, bool IsTrue)> samples)
    {
        double below = 0, wins = 0, trues = 0;
        foreach (var tie in samples.GroupBy(s => s.Score).OrderBy(g => g.Key))
        {
            var (yes, no) = (tie.Count(s => s.IsTrue), tie.Count(s => !s.IsTrue));
            wins += yes * (below + no / 2.0);
            below += no;
            trues += yes;
        }
        return wins / trues / below;
    }

    /// <summary>Expected calibration error: distance between the mean probability and the share that is true, over 15 bins of equal width, weighted by their samples.</summary>
    public static double CalibrationError(IReadOnlyCollection<(double Probability, bool IsTrue)> samples) => samples
        .GroupBy(s => Math.Min(Bins - 1, (int)(s.Probability * Bins)))
        .Sum(bin => Math.Abs(bin.Average(s => s.Probability) - bin.Average(s => s.IsTrue ? 1.0 : 0.0)) * bin.Count()) / samples.Count;
}
