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
    }

    private static IEnumerable<string> NamesOf(EventsOptions events)
    {
        if (events.Journal) yield return JournalChannel.ChannelName;
    }
}
