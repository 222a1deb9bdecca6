using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Benchmarks;

/// <summary>What one threshold makes of some broadcasts asked in one language.</summary>
/// <param name="Language">Language and kind of the sentences.</param>
/// <param name="Threshold">Lowest presence that counts.</param>
/// <param name="Events">What truly happens.</param>
/// <param name="Found">Events that a moment of their query overlaps with an IoU of 0.5 or more, one to one.</param>
/// <param name="False">Moments that are no event.</param>
/// <param name="Seconds">Of broadcast.</param>
/// <param name="Missed">Kinds that were missed, and how often.</param>
/// <param name="Wrong">Kinds of the false moments, and how often.</param>
internal sealed record MomentsFigures(string Language, double Threshold, int Events, int Found, int False, double Seconds, IReadOnlyDictionary<string, int> Missed, IReadOnlyDictionary<string, int> Wrong)
{
    private const double MatchIoU = 0.5;

    /// <summary>Share of the events that were found.</summary>
    public double FoundShare => Events == 0 ? 1 : (double)Found / Events;

    /// <summary>False moments in ten minutes.</summary>
    public double FalsePerTenMinutes => 600 * False / Seconds;

    /// <summary>Settles verdicts under a threshold as a session does and compares the moments with the truth.</summary>
    public static MomentsFigures Of(string language, double threshold, IReadOnlyList<(BroadcastTruth Truth, IReadOnlyList<IReadOnlyList<WindowVerdict>> Hops)> played)
    {
        var (missed, wrong) = (new List<string>(), new List<string>());
        foreach (var (truth, hops) in played)
        {
            var queries = hops.SelectMany(h => h).Select(v => v.QueryId).Distinct().Select(id => new HighlightQuery(id, id, threshold, ClipPolicy.Default));
            var tracker = new MomentTracker([.. queries]);
            Moment[] moments = [.. hops.SelectMany(tracker.Observe), .. tracker.Flush()];
            var (events, open) = (truth.Events.ToList(), moments.ToList());
            var pairs = from e in truth.Events from m in moments where m.QueryId == e.Kind && m.Span.IoU(e.Span) >= MatchIoU orderby m.Span.IoU(e.Span) descending select (e, m);
            foreach (var (happened, moment) in pairs)
                if (open.Contains(moment) && events.Remove(happened)) open.Remove(moment);
            missed.AddRange(events.Select(e => e.Kind));
            wrong.AddRange(open.Select(m => m.QueryId));
        }
        var all = played.Sum(p => p.Truth.Events.Count);
        return new(language, threshold, all, all - missed.Count, wrong.Count, played.Sum(p => p.Truth.Seconds), Counted(missed), Counted(wrong));
    }

    private static Dictionary<string, int> Counted(List<string> kinds) => kinds.CountBy(k => k).OrderByDescending(k => k.Value).ToDictionary();

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Language}, threshold {Threshold:0.00}: {Found} of {Events} events ({100 * FoundShare:0.0} %), {False} false moments ({FalsePerTenMinutes:0.00} in 10 minutes); missed {Text(Missed)}; false {Text(Wrong)}");

    private static string Text(IReadOnlyDictionary<string, int> counts) => counts.Count == 0 ? "none" : string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"));
}
