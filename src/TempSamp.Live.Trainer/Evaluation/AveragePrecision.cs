namespace TempSamp.Live.Trainer;

/// <summary>Average precision of a ranking, as the published evaluators compute it.</summary>
internal static class AveragePrecision
{
    /// <summary>
    /// Of windows, at several overlaps. From the best score down each window takes a true window that it overlaps enough and that none took before, and is right if
    /// there is one. The area under the interpolated curve.
    /// </summary>
    public static double[] OfWindows(IReadOnlyList<PredictedWindow> predicted, IReadOnlyList<TimeWindow> truth, IReadOnlyList<double> thresholds)
    {
        var ranked = predicted.OrderByDescending(p => p.Score).ToArray();                                     // stable
        var taken = thresholds.Select(_ => new bool[truth.Count]).ToArray();
        var right = thresholds.Select(_ => new bool[ranked.Length]).ToArray();
        for (var i = 0; i < ranked.Length; i++)
        {
            if (!ranked[i].IsValid) continue;
            var overlaps = truth.Select(ranked[i].Window.UnionIoU).ToArray();
            var best = Enumerable.Range(0, truth.Count).OrderBy(t => overlaps[t]).Reverse().ToArray();      // of equals the later listed first
            for (var t = 0; t < thresholds.Count; t++)
                foreach (var candidate in best.TakeWhile(c => overlaps[c] >= thresholds[t]))
                {
                    if (taken[t][candidate]) continue;
                    taken[t][candidate] = right[t][i] = true;
                    break;
                }
        }
        return [.. right.Select(r => Area(r, truth.Count))];
    }

    /// <summary>
    /// Of clips that are right or wrong, ranked by score; equal scores are one step. The mean of the interpolated precision over the steps that add a right clip. 0
    /// where no clip is right, 1 where all are.
    /// </summary>
    /// <param name="ranking">The clips from the best score down.</param>
    /// <param name="scores">Score of each clip.</param>
    /// <param name="right">Whether a clip is right.</param>
    public static double OfClips(IReadOnlyList<int> ranking, double[] scores, Func<int, bool> right)
    {
        var precisions = new List<double>();                                                                  // of each step that adds a right clip
        var (hits, before) = (0, 0);
        for (var i = 0; i < ranking.Count; i++)
        {
            if (right(ranking[i])) hits++;
            if (i + 1 < ranking.Count && scores[ranking[i + 1]] == scores[ranking[i]]) continue;
            if (hits > before) precisions.Add(hits / (i + 1.0));
            before = hits;
        }
        if (hits == 0 || hits == ranking.Count) return hits == 0 ? 0 : 1;
        for (var i = precisions.Count - 2; i >= 0; i--) precisions[i] = Math.Max(precisions[i], precisions[i + 1]);
        return precisions.Average();
    }

    private static double Area(bool[] right, int positives)
    {
        var (precision, recall) = (new double[right.Length], new double[right.Length]);
        var hits = 0;
        for (var i = 0; i < right.Length; i++)
        {
            if (right[i]) hits++;
            (precision[i], recall[i]) = (hits / (i + 1.0), hits / (double)positives);
        }
        for (var i = right.Length - 2; i >= 0; i--) precision[i] = Math.Max(precision[i], precision[i + 1]);
        var area = 0.0;
        for (var i = 0; i < right.Length; i++) area += (recall[i] - (i == 0 ? 0 : recall[i - 1])) * precision[i];
        return area;
    }
}
