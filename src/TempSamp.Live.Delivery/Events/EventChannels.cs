using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Which channels are switched on. Each event gets a row for each of them.</summary>
public sealed class EventChannels(IOptions<EventsOptions> options)
{
    /// <summary>Names in the outbox.</summary>
    public IReadOnlyList<string> Names { get; } = [.. NamesOf(options.Value)];

    /// <summary>Makes them.</summary>
    internal IEnumerable<IEventChannel> Open(IServiceProvider services)
    {
        if (options.Value.Journal) yield return ActivatorUtilities.CreateInstance<JournalChannel>(services);
        if (options.Value.Kafka.IsOn) yield return ActivatorUtilities.CreateInstance<KafkaChannel>(services);
        foreach (var (name, webhook) in options.Value.Webhooks)
            if (webhook.Enabled) yield return ActivatorUtilities.CreateInstance<WebhookChannel>(services, WebhookChannel.NameOf(name), webhook);
    }

    private static IEnumerable<string> NamesOf(EventsOptions events)
    {
        if (events.Journal) yield return JournalChannel.ChannelName;
        if (events.Kafka.IsOn) yield return KafkaChannel.ChannelName;
        foreach (var (name, webhook) in events.Webhooks)
            if (webhook.Enabled) yield return WebhookChannel.NameOf(name);
    }
}
