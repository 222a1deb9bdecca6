namespace TempSamp.Live.Core;

/// <summary>Something that happened in a stream: sightings of overlapping windows merged into one span that no longer moves.</summary>
/// <param name="QueryId">Which query it answers.</param>
/// <param name="Span">When, on the session's timeline.</param>
/// <param name="Score">Best presence among its sightings, in [0, 1].</param>
/// <param name="Confidence">Confidence of the best sighting.</param>
/// <param name="Sightings">The verdicts it was made of.</param>
public sealed record Moment(string QueryId, TimeRange Span, double Score, double Confidence, IReadOnlyList<WindowVerdict> Sightings);
