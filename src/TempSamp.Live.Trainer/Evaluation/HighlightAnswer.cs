using System.Globalization;
using System.Text.RegularExpressions;

namespace TempSamp.Live.Trainer;

/// <summary>Which 2-second clip a named time belongs to. Scores of different mappings cannot be compared: a perfect answer scores 61 and 39 points of mAP (reference tempsamp-r1.md, section 5).</summary>
public enum ClipMapping
{
    /// <summary>The clip that the time lies in, <c>t / 2</c>.</summary>
    Exact,

    /// <summary>As TimeChat's evaluation counts, <c>max(0, (t - 1) / 2)</c>: a clip's first second belongs to the clip before.</summary>
    TimeChat,
}

/// <summary>A moment that an answer names.</summary>
/// <param name="Seconds">When.</param>
/// <param name="Score">How much it is worth seeing; 0 where the answer names fewer scores than times.</param>
public readonly record struct ScoredMoment(double Seconds, double Score);

/// <summary>Reads and writes answers of the form "The highlight timestamps are in the 82.0, 84.0 seconds. Their saliency scores are 1.3, 1.7".</summary>
public static partial class HighlightAnswer
{
    /// <summary>Seconds of a clip.</summary>
    public const double ClipSeconds = 2;

    /// <summary>The annotation as a model is trained to write it: the clips' starts and their scores with one decimal.</summary>
    public static string Format(IReadOnlyDictionary<int, double> clips)
    {
        var ordered = clips.OrderBy(c => c.Key).ToArray();
        string List(Func<KeyValuePair<int, double>, double> of) => string.Join(", ", ordered.Select(c => of(c).ToString("0.0", CultureInfo.InvariantCulture)));
        return $"The highlight timestamps are in the {List(c => c.Key * ClipSeconds)} seconds. Their saliency scores are {List(c => c.Value)}.";
    }

    /// <summary>What the last answer block names; null where there is none, or it names nothing.</summary>
    public static IReadOnlyList<ScoredMoment>? ParseBlock(string text) => Blocks().Matches(text) is [.., var block] ? Parse(block.Groups[1].Value) : null;

    /// <summary>
    /// What a text names, as TimeChat reads it: in each line the numbers before the word "score" are times, those of the form d.d behind it their scores. Null where the
    /// text names no time.
    /// </summary>
    public static IReadOnlyList<ScoredMoment>? Parse(string text)
    {
        var (times, scores) = (new List<double>(), new List<double>());
        foreach (var line in Thoughts().Replace(text, "").Split('\n'))
        {
            var at = line.IndexOf("score", StringComparison.OrdinalIgnoreCase);
            times.AddRange(Times().Matches(at < 0 ? line : line[..at]).Select(Number).Where(t => t >= 0));
            if (at >= 0) scores.AddRange(Scores().Matches(line[at..]).Select(Number));
        }
        return times.Count == 0 ? null : [.. times.Select((t, i) => new ScoredMoment(t, i < scores.Count ? scores[i] : 0))];
    }

    /// <summary>Scores by clip; those of moments in one clip are averaged.</summary>
    public static IReadOnlyDictionary<int, double> ByClip(IEnumerable<ScoredMoment> moments, ClipMapping mapping) =>
        moments.Where(m => m.Seconds < int.MaxValue).GroupBy(m => Clip(m.Seconds, mapping)).ToDictionary(clip => clip.Key, clip => clip.Average(m => m.Score));

    /// <summary>Score of each clip of a video; 0 for those that are not named. Times behind the video's end are dropped.</summary>
    public static double[] ByClip(IEnumerable<ScoredMoment> moments, ClipMapping mapping, int clips)
    {
        var named = ByClip(moments.Where(m => m.Seconds <= clips * ClipSeconds), mapping);
        return [.. Enumerable.Range(0, clips).Select(c => named.GetValueOrDefault(c))];
    }

    private static int Clip(double seconds, ClipMapping mapping) => (int)(mapping == ClipMapping.Exact ? seconds / ClipSeconds : Math.Max(0, (seconds - 1) / ClipSeconds));

    private static double Number(Match match) => double.Parse(match.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("<answer>(.*?)</answer>", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("<think>.*?(?:</think>|(?=<answer>)|$)", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Thoughts();

    [GeneratedRegex("[-+]?[0-9]*\\.[0-9]+|[-+]?[0-9]+")]
    private static partial Regex Times();

    [GeneratedRegex("\\b[0-9]\\.[0-9]\\b")]
    private static partial Regex Scores();
}
