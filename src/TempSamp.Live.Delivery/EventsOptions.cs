using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Who is told what happens. Section <c>Events</c>. Several channels may be on at once; the server-sent events of the REST interface need none.</summary>
public sealed record EventsOptions
{
    /// <summary>Whether events are appended to <c>events.jsonl</c> below <see cref="DeliveryOptions.Directory"/>. Default true.</summary>
    public bool Journal { get; init; } = true;

    /// <summary>Kafka.</summary>
    public KafkaOptions Kafka { get; init; } = new();

    /// <summary>Webhooks, by name.</summary>
    public IReadOnlyDictionary<string, WebhookOptions> Webhooks { get; init; } = new Dictionary<string, WebhookOptions>();

    /// <summary>Whether webhooks may be at loopback, private and link-local addresses. Default false.</summary>
    public bool AllowPrivateAddresses { get; init; }
}

/// <summary>Checks <see cref="EventsOptions"/>.</summary>
public sealed class EventsOptionsValidator : IValidateOptions<EventsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EventsOptions options)
    {
        var faults = new Faults("Events");
        options.Kafka.Check(faults);
        foreach (var (webhook, settings) in options.Webhooks) settings.Check(webhook, faults);
        return faults.Result;
    }
}
