using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Delivery;

/// <summary>The pumps of every channel that is switched on.</summary>
internal sealed class OutboxPumps(StateDatabase state, EventSignal signal, EventChannels channels, IPublishFence fence, IServiceProvider services, TimeProvider time, ILogger<OutboxPump> logger) : IAsyncDisposable
{
    private readonly List<OutboxPump> _pumps = [.. channels.Open(services).Select(channel => new OutboxPump(state, signal, channel, fence, time, logger))];

    /// <summary>All of them.</summary>
    public IReadOnlyList<OutboxPump> All => _pumps;

    /// <summary>Starts them all.</summary>
    public void Start() => _pumps.ForEach(pump => pump.Start());

    /// <summary>Waits until every event is confirmed by every channel.</summary>
    public Task DrainAsync(CancellationToken giveUp) => Task.WhenAll(_pumps.Select(pump => pump.DrainAsync(giveUp)));

    /// <summary>Stops sending.</summary>
    public Task StopAsync() => Task.WhenAll(_pumps.Select(pump => pump.StopAsync()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pump in _pumps) await pump.DisposeAsync();
    }
}
