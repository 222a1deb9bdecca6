namespace TempSamp.Live.Core;

/// <summary>Makes settled moments into plans of clips, by each query's policy.</summary>
public sealed class ClipPlanner(StreamPlan plan, SessionIdentity session, ModelIdentity model)
{
    private readonly Dictionary<string, HighlightQuery> _queries = plan.Queries.ToDictionary(query => query.Id);

    /// <summary>The same for another form of the plan.</summary>
    public ClipPlanner With(StreamPlan changed) => new(changed, session, model);

    /// <summary>The clip of a moment. Its range may end after what the stream has delivered so far.</summary>
    /// <param name="moment">A settled moment of one of the plan's queries.</param>
    /// <param name="bounds">Where clips may lie; the start of the session onwards when null.</param>
    public ClipPlan Plan(Moment moment, TimeRange? bounds = null)
    {
        var query = _queries[moment.QueryId];
        var id = ClipId.For(plan.Id, session.SessionId, query.Id, moment.Span);
        var range = RangeOf(moment.Span, query.Policy, bounds ?? new TimeRange(MediaTime.Zero, new MediaTime(long.MaxValue / 2)));
        return new(id, plan.Id, session.SessionId, session.StartedAt, session.ClockSource, query, moment, range, model);
    }

    /// <summary>Pads a span, widens it to the shortest or shortens it to the longest clip, and moves it inside the bounds.</summary>
    public static TimeRange RangeOf(TimeRange span, ClipPolicy policy, TimeRange bounds)
    {
        var range = new TimeRange(span.Start - policy.PadBefore, span.End + policy.PadAfter);

        var missing = MediaTime.From(policy.MinLength) - range.Length;
        if (missing > MediaTime.Zero)
        {
            var before = new MediaTime(missing.Ticks / 2);
            range = new(range.Start - before, range.End + (missing - before));
        }
        if (range.Length > MediaTime.From(policy.MaxLength)) range = range with { Start = range.End - policy.MaxLength };

        if (range.Start < bounds.Start) range = new(bounds.Start, MediaTime.Max(range.End, bounds.Start + MediaTime.Min(range.Length, MediaTime.From(policy.MinLength))));
        if (range.End > bounds.End) range = new(MediaTime.Min(range.Start, bounds.End - MediaTime.Min(range.Length, MediaTime.From(policy.MinLength))), bounds.End);
        return range.Intersect(bounds);
    }
}
