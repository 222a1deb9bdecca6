namespace TempSamp.Live.Core;

/// <summary>The candidates and settled moments of one query. See <see cref="MomentTracker"/> for the rules.</summary>
internal sealed class QueryTracker(HighlightQuery query, TrackerOptions options)
{
    private readonly List<Candidate> _open = [];
    private readonly List<TimeRange> _settled = [];
    private readonly HashSet<TimeRange> _heard = [];
    private MediaTime _newest = new(long.MinValue);

    public List<Moment> Observe(WindowVerdict verdict)
    {
        if (!_heard.Add(verdict.Window)) return [];
        _newest = MediaTime.Max(_newest, verdict.Window.End);

        if (verdict.Presence < query.Threshold)
        {
            foreach (var candidate in HeldBy(verdict.Window)) candidate.Denials++;
        }
        else if (verdict.Span?.Intersect(verdict.Window) is { IsEmpty: false } span)
        {
            foreach (var candidate in HeldBy(verdict.Window).Where(candidate => !IsSame(candidate.Span, span))) candidate.Oversights++;
            Join(verdict, span);
        }

        var moments = Settle(candidate => candidate.HasSettled(_newest) || candidate.IsBehind(verdict.Window));
        Forget();
        return moments;
    }

    public List<Moment> Flush() => Settle(_ => true);

    private IEnumerable<Candidate> HeldBy(TimeRange window) => _open.Where(candidate => window.Hull(candidate.Span) == window);

    private void Join(WindowVerdict verdict, TimeRange span)
    {
        if (_settled.Exists(settled => IsSame(settled, span))) return;

        var joined = _open.Where(candidate => IsSame(candidate.Span, span)).MaxBy(candidate => candidate.Span.IoU(span));
        if (joined is null) _open.Add(joined = new Candidate(options));
        joined.Add(new Sighting(verdict, span));

        foreach (var twin in _open.Where(other => other != joined && IsSame(other.Span, joined.Span)).ToList())
        {
            joined.Swallow(twin);
            _open.Remove(twin);
        }
    }

    private List<Moment> Settle(Predicate<Candidate> isDue)
    {
        var moments = new List<Moment>();
        foreach (var candidate in _open.FindAll(isDue).OrderBy(candidate => candidate.Span.End).ThenBy(candidate => candidate.Span.Start))
        {
            _open.Remove(candidate);
            if (!candidate.IsAgreed || _settled.Exists(settled => IsSame(settled, candidate.Span))) continue;
            var isTooSoon = _settled.Exists(settled => IsWithinCooldown(settled, candidate.Span));
            if (isTooSoon) continue;
            _settled.Add(candidate.Span);
            moments.Add(candidate.ToMoment(query.Id));
        }
        return moments;
    }

    private void Forget()
    {
        _settled.RemoveAll(span => span.End + options.Memory + query.Policy.Cooldown < _newest);
        _heard.RemoveWhere(window => window.End + options.Memory < _newest);
    }

    private bool IsWithinCooldown(TimeRange settled, TimeRange span) =>
        query.Policy.Cooldown > TimeSpan.Zero && span.Start >= settled.Start && span.Start < settled.End + query.Policy.PadAfter + query.Policy.Cooldown;

    private bool IsSame(TimeRange a, TimeRange b)
    {
        var shorter = Math.Min(a.Length.Ticks, b.Length.Ticks);
        var apart = Math.Abs(a.Start.Ticks + a.End.Ticks - b.Start.Ticks - b.End.Ticks) / 2;
        return a.Intersect(b).Length.Ticks >= options.MinOverlap * shorter || apart <= MediaTime.From(options.Near).Ticks;
    }
}
