namespace TempSamp.Live.Core;

/// <summary>The candidates and settled moments of one query. See <see cref="MomentTracker"/> for the rules.</summary>
internal sealed class QueryTracker(HighlightQuery query, TrackerOptions options, ITrackerWitness? witness)
{
    private readonly List<Candidate> _open = [];
    private readonly List<Settled> _settled = [];
    private readonly Dictionary<TimeRange, Hearing> _heard = [];
    private MediaTime _newest = new(long.MinValue);
    private int _founded;

    public List<Moment> Observe(WindowVerdict verdict)
    {
        var span = verdict.Span?.Intersect(verdict.Window);
        var isVague = verdict.HasPosterior && verdict.Confidence < options.MinConfidence;
        var hearing = verdict.Presence < query.Threshold ? new Hearing(true, null) : new Hearing(false, span is { IsEmpty: false } && !isVague ? span : null);
        if (!_heard.TryAdd(verdict.Window, hearing))
        {
            witness?.Heard(new(verdict, VerdictOutcome.Repeated, null));
            return [];
        }
        _newest = MediaTime.Max(_newest, verdict.Window.End);

        foreach (var candidate in _open) Judge(candidate, verdict.Window, hearing);
        if (hearing.Span is { } seen) Join(verdict, seen);
        else witness?.Heard(new(verdict, hearing.IsDenial ? VerdictOutcome.BelowThreshold : isVague ? VerdictOutcome.Vague : VerdictOutcome.NoAnswer, null));

        var moments = Settle(candidate => candidate.HasSettled(_newest) || candidate.IsBehind(verdict.Window));
        Forget();
        return moments;
    }

    public List<Moment> Flush() => Settle(_ => true);

    /// <summary>Takes a new form of the query over. What another sentence was answered says nothing of this one, so it settles and is forgotten; what was told is not.</summary>
    public List<Moment> Change(HighlightQuery next)
    {
        List<Moment> settled = [];
        if (next.Text != query.Text)
        {
            settled = Flush();
            _heard.Clear();
        }
        query = next;
        return settled;
    }

    /// <summary>Counts a window that holds a candidate whole and does not name it.</summary>
    private void Judge(Candidate candidate, TimeRange window, Hearing hearing)
    {
        if (window.Hull(candidate.Span) != window) return;
        if (hearing.IsDenial) candidate.Denials++;
        else if (hearing.Span is { } span && !IsSame(candidate.Span, span)) candidate.Oversights++;
    }

    private void Join(WindowVerdict verdict, TimeRange span)
    {
        var told = _settled.Find(settled => IsSame(settled.Span, span) || IsSame(settled.Told, span));
        // Later windows may see more of it than those it settled on; what they see is no other moment either.
        if (told is not null && IsSame(told.Span, span)) told.Told = told.Told.Hull(span);
        if (told is not null || IsRestOfSettled(verdict.Window, span))
        {
            witness?.Heard(new(verdict, VerdictOutcome.AlreadyTold, null));
            return;
        }

        var joined = _open.Where(candidate => IsSame(candidate.Span, span)).MaxBy(candidate => candidate.Span.IoU(span));
        var isNew = joined is null;
        if (joined is null) _open.Add(joined = new Candidate(++_founded, options));
        joined.Add(new Sighting(verdict, span, _settled.Exists(settled => IsShown(settled.Span, verdict.Window))));
        witness?.Heard(new(verdict, isNew ? VerdictOutcome.FirstSighting : VerdictOutcome.Sighting, joined.Number));
        if (isNew)
        {
            foreach (var (window, hearing) in _heard) Judge(joined, window, hearing);
        }

        foreach (var twin in _open.Where(other => other != joined && IsSame(other.Span, joined.Span)).ToList())
        {
            joined.Swallow(twin);
            _open.Remove(twin);
            witness?.Ended(twin.Trace(query.Id, CandidateEnd.Merged, joined.Number));
        }
    }

    private List<Moment> Settle(Predicate<Candidate> isDue)
    {
        var moments = new List<Moment>();
        foreach (var candidate in _open.FindAll(isDue).OrderBy(candidate => candidate.Span.End).ThenBy(candidate => candidate.Span.Start))
        {
            _open.Remove(candidate);
            var end = EndOf(candidate);
            witness?.Ended(candidate.Trace(query.Id, end));
            if (end != CandidateEnd.Moment) continue;
            _settled.Add(new(candidate.Span));
            moments.Add(candidate.ToMoment(query.Id));
        }
        return moments;
    }

    private CandidateEnd EndOf(Candidate candidate) =>
        !candidate.IsAgreed ? candidate.IsDenied ? CandidateEnd.Denied : CandidateEnd.TooFewSightings
        : _settled.Exists(settled => IsSame(settled.Span, candidate.Span) || IsSame(settled.Told, candidate.Span)) ? CandidateEnd.AlreadyTold
        : _settled.Exists(settled => IsWithinCooldown(settled.Span, candidate.Span)) ? CandidateEnd.Cooldown
        : CandidateEnd.Moment;

    private void Forget()
    {
        _settled.RemoveAll(settled => settled.Told.End + options.Memory + query.Policy.Cooldown < _newest);
        foreach (var window in _heard.Keys.Where(window => window.End + options.Memory < _newest).ToList()) _heard.Remove(window);
    }

    /// <summary>A moment that was told.</summary>
    private sealed class Settled(TimeRange span)
    {
        /// <summary>What it settled on.</summary>
        public TimeRange Span { get; } = span;

        /// <summary>That and whatever later windows saw of it.</summary>
        public TimeRange Told { get; set; } = span;
    }

    /// <summary>What a window said: that nothing happens, or a span; neither where its answer does not parse.</summary>
    private readonly record struct Hearing(bool IsDenial, TimeRange? Span);

    // A span at its window's start began before it, where a settled moment lies that reaches as far.
    private bool IsRestOfSettled(TimeRange window, TimeRange span) =>
        span.Start <= window.Start + options.EdgeMargin && _settled.Exists(settled => settled.Told.Start < span.Start && span.Start <= settled.Told.End + options.Near);

    // A window that shows enough of a moment finds its event present whatever else it shows.
    private bool IsShown(TimeRange settled, TimeRange window) => settled.Intersect(window).Length.Ticks >= options.MinShown * settled.Length.Ticks;

    private bool IsWithinCooldown(TimeRange settled, TimeRange span) =>
        query.Policy.Cooldown > TimeSpan.Zero && span.Start >= settled.Start && span.Start < settled.End + query.Policy.PadAfter + query.Policy.Cooldown;

    private bool IsSame(TimeRange a, TimeRange b)
    {
        var shorter = Math.Min(a.Length.Ticks, b.Length.Ticks);
        var apart = Math.Abs(a.Start.Ticks + a.End.Ticks - b.Start.Ticks - b.End.Ticks) / 2;
        return a.Intersect(b).Length.Ticks >= options.MinOverlap * shorter || apart <= MediaTime.From(options.Near).Ticks;
    }
}
