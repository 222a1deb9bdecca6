namespace TempSamp.Live.Core;

/// <summary>One verdict that saw a candidate, with its span clipped to its window.</summary>
/// <param name="Verdict">What was said.</param>
/// <param name="Span">Where it says that it happens.</param>
/// <param name="IsExplained">Whether its window shows a moment that was told, which alone would make the event present.</param>
internal sealed record Sighting(WindowVerdict Verdict, TimeRange Span, bool IsExplained)
{
    public double Weight { get; } = Verdict.Presence * Math.Max(Verdict.Confidence, 0.01);
    public bool IsStartSeen(TimeSpan edge) => Span.Start > Verdict.Window.Start + edge;
    public bool IsEndSeen(TimeSpan edge) => Span.End < Verdict.Window.End - edge;
}

/// <summary>An occurrence that has not settled: its sightings, and the span that they agree on.</summary>
/// <remarks>Start and end are weighted medians of the sightings that saw that edge, so one odd window moves neither.</remarks>
internal sealed class Candidate(int number, TrackerOptions options)
{
    private readonly List<Sighting> _sightings = [];

    /// <summary>Counts the query's candidates from 1.</summary>
    public int Number => number;

    public TimeRange Span { get; private set; }

    /// <summary>Windows that hold the whole span and found nothing in it.</summary>
    public int Denials { get; set; }

    /// <summary>Windows that hold the whole span and named another occurrence: one answer a window, so this is no denial, but no support either.</summary>
    public int Oversights { get; set; }

    /// <summary>Whether the windows that could judge it are of one mind, and enough.</summary>
    public bool IsAgreed => !IsDenied && (_sightings.Count >= options.MinSightings || Denials + Oversights == 0);

    /// <summary>Whether too many of the windows that hold it found nothing. Where any did, sightings that another moment explains are no support.</summary>
    public bool IsDenied => Own < options.MinAgreement * (Own + Denials);

    private int Own => _sightings.Count(sighting => !sighting.IsExplained);

    public void Add(Sighting sighting)
    {
        _sightings.Add(sighting);
        Span = Estimate();
    }

    public void Swallow(Candidate other)
    {
        _sightings.AddRange(other._sightings);
        Denials = Math.Max(Denials, other.Denials);
        Oversights = Math.Max(Oversights, other.Oversights);
        Span = Estimate();
    }

    /// <summary>Whether enough windows saw its end at one place, one at least shows nothing else that explains it, and one looked far enough past its end.</summary>
    public bool HasSettled(MediaTime newest) =>
        IsAgreed && Own > 0
        && newest >= Span.End + options.SettleMargin
        && _sightings.Count(sighting => sighting.IsEndSeen(options.EdgeMargin) && IsNear(sighting.Span.End, Span.End)) >= options.MinSightings;

    private bool IsNear(MediaTime a, MediaTime b) => Math.Abs((a - b).Ticks) <= MediaTime.From(options.Near).Ticks;

    /// <summary>Whether <paramref name="window"/> has moved on so far that it and later ones no longer hold the moment.</summary>
    public bool IsBehind(TimeRange window) => window.Start.Ticks >= Span.Start.Ticks + Span.Length.Ticks / 2;

    public Moment ToMoment(string queryId)
    {
        var best = _sightings.MaxBy(sighting => sighting.Verdict.Presence)!.Verdict;
        return new Moment(queryId, Span, best.Presence, best.Confidence, [.. _sightings.Select(sighting => sighting.Verdict)]);
    }

    public CandidateTrace Trace(string queryId, CandidateEnd end, int? into = null) => new(queryId, Number, Span, end, _sightings.Count, Denials, Oversights, into);

    private TimeRange Estimate()
    {
        var starts = _sightings.FindAll(sighting => sighting.IsStartSeen(options.EdgeMargin));
        var ends = _sightings.FindAll(sighting => sighting.IsEndSeen(options.EdgeMargin));
        var span = new TimeRange(
            Median(starts.Count > 0 ? starts : _sightings, sighting => sighting.Span.Start),
            Median(ends.Count > 0 ? ends : _sightings, sighting => sighting.Span.End));
        return span.IsEmpty ? _sightings.MaxBy(sighting => sighting.Weight)!.Span : span;
    }

    /// <summary>The value with half of the weight on either side; between two values that share it exactly, their middle.</summary>
    private static MediaTime Median(List<Sighting> sightings, Func<Sighting, MediaTime> edge)
    {
        var sorted = sightings.Select(sighting => (At: edge(sighting), sighting.Weight)).OrderBy(value => value.At).ThenBy(value => value.Weight).ToList();
        var half = sorted.Sum(value => value.Weight) / 2;
        var below = 0.0;
        for (var i = 0; i < sorted.Count - 1; i++)
        {
            below += sorted[i].Weight;
            if (below > half) return sorted[i].At;
            if (below == half) return new(sorted[i].At.Ticks + (sorted[i + 1].At - sorted[i].At).Ticks / 2);
        }
        return sorted[^1].At;
    }
}
