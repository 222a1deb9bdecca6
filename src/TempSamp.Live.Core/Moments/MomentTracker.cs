namespace TempSamp.Live.Core;

/// <summary>Turns the verdicts of overlapping windows into moments: each occurrence comes out once, when its span no longer moves.</summary>
/// <remarks>
/// Pure and deterministic: no clock, no randomness; time is what the windows say. Not thread-safe: one loop owns a tracker.
/// <code>
///   verdict ── presence below threshold ──> denies the candidates that its window holds whole
///      ├── a span elsewhere ──> no support for those candidates
///      └── a span ── same as a settled moment, or cut off where one reaches into its window ──> nothing: already told
///             └── joins the candidate it overlaps, or founds one
///   candidate ── enough sightings agree and saw its end, and not all of them show a told moment as well ──> moment
///          └── no window can see it any more ──> moment if all that could judge it agreed, else dropped
/// </code>
/// </remarks>
public sealed class MomentTracker
{
    private readonly Dictionary<string, QueryTracker> _queries = [];
    private readonly TrackerOptions _options;
    private readonly ITrackerWitness? _witness;

    /// <summary>A tracker for the queries of one session.</summary>
    /// <param name="queries">What is looked for.</param>
    /// <param name="options">When sightings are one occurrence, and when it has settled.</param>
    /// <param name="witness">Told of every decision, for the record.</param>
    public MomentTracker(IReadOnlyList<HighlightQuery> queries, TrackerOptions? options = null, ITrackerWitness? witness = null)
    {
        (_options, _witness) = (options ?? new TrackerOptions(), witness);
        Change(queries);
    }

    /// <summary>
    /// Other queries are asked from now on. One that keeps its sentence keeps what was seen; one with a new sentence settles what was seen for the old one, and still tells
    /// nothing twice; one that is gone settles.
    /// </summary>
    /// <returns>The moments that settled by it, in order of their end.</returns>
    public IReadOnlyList<Moment> Change(IReadOnlyList<HighlightQuery> queries)
    {
        var settled = new List<Moment>();
        foreach (var (id, gone) in _queries.ExceptBy(queries.Select(query => query.Id), known => known.Key).ToList())
        {
            settled.AddRange(gone.Flush());
            _queries.Remove(id);
        }
        foreach (var query in queries)
        {
            if (_queries.TryGetValue(query.Id, out var known)) settled.AddRange(known.Change(query));
            else _queries.Add(query.Id, new(query, _options, _witness));
        }
        return InOrder(settled);
    }

    /// <summary>Takes the verdicts of one hop and returns the moments that settled by them, in order of their end.</summary>
    /// <exception cref="KeyNotFoundException">A verdict names a query that the tracker was not made for.</exception>
    public IReadOnlyList<Moment> Observe(IReadOnlyList<WindowVerdict> verdicts) =>
        InOrder(verdicts.SelectMany(verdict => _queries[verdict.QueryId].Observe(verdict)));

    /// <summary>The stream ended: settles or drops whatever is still open.</summary>
    public IReadOnlyList<Moment> Flush() => InOrder(_queries.Values.SelectMany(query => query.Flush()));

    private static Moment[] InOrder(IEnumerable<Moment> moments) =>
        [.. moments.OrderBy(moment => moment.Span.End).ThenBy(moment => moment.QueryId, StringComparer.Ordinal)];
}
