namespace TempSamp.Live.Delivery;

/// <summary>Who is told what happens. Section <c>Events</c>. Several channels may be on at once; the server-sent events of the REST interface need none.</summary>
public sealed record EventsOptions
{
    /// <summary>Whether events are appended to <c>events.jsonl</c> below <see cref="DeliveryOptions.Directory"/>. Default true.</summary>
    public bool Journal { get; init; } = true;
}
