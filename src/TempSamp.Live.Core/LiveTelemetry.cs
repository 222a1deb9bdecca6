using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TempSamp.Live.Core;

/// <summary>What the parts of the service report of themselves: numbers and spans under one name. Nothing is kept where nobody listens.</summary>
/// <remarks>
/// A clip is one trace, over restarts too, because its context is kept with it:
/// <code>
///   clip.decide   from its last frame until its moment settled and was announced
///     ├─ clip.cut       the packets are awaited and cut
///     ├─ clip.store     its files go into the store, once for each attempt
///     ├─ clip.verify    the store holds what was cut, and the ready event is in the outbox
///     └─ clip.publish   one of its events reaches a channel, once for each attempt
/// </code>
/// </remarks>
public static class LiveTelemetry
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "TempSamp.Live";

    private static readonly ActivitySource _spans = new(Name);

    /// <summary>Where counters and histograms are made.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Begins a clip's trace; null when nobody traces.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="from">When its last frame came.</param>
    public static Activity? Decide(ClipPlan clip, DateTimeOffset from) => _spans.StartActivity("clip.decide", ActivityKind.Internal, parentContext: default, startTime: from, tags:
    [
        new("stream", clip.StreamId), new("session", clip.SessionId), new("query", clip.Query.Id), new("clip", clip.Id), new("score", clip.Moment.Score), new("windows", clip.Moment.Sightings.Count),
    ]);

    /// <summary>A step of a clip's trace; null when nobody traces, or did when the clip was decided.</summary>
    /// <param name="name">Such as <c>clip.cut</c>.</param>
    /// <param name="trace">W3C trace context of the clip.</param>
    /// <param name="clip">Id of the clip.</param>
    /// <param name="kind">Whether it calls somebody else.</param>
    public static Activity? Step(string name, string? trace, string clip, ActivityKind kind = ActivityKind.Internal) =>
        trace is null ? null : _spans.StartActivity(name, kind, trace, [new("clip", clip)]);
}
