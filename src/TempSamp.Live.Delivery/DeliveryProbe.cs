using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>
/// Looks from time to time whether state, store and channels would take something, each on its own, so that trouble is known before the next clip meets it, and its end is
/// known without one.
/// </summary>
/// <remarks>A state that is damaged while it is used ends the daemon: whoever starts it again, such as systemd, starts one that sets the file aside and goes on from spool and journal.</remarks>
internal sealed partial class DeliveryProbe(StateDatabase state, IClipStore store, OutboxPumps pumps, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<DeliveryProbe> logger)
    : BackgroundService
{
    private const string Store = "store";

    private readonly ConcurrentDictionary<string, string> _troubles = [];

    /// <summary>Why the store would not take a clip; null when it would.</summary>
    public string? StoreTrouble => _troubles.GetValueOrDefault(Store);

    /// <summary>Why a channel would not take an event; null when it would.</summary>
    public string? TroubleOf(IEventChannel channel) => _troubles.GetValueOrDefault(channel.Name);

    /// <summary>Looks at everything once.</summary>
    public Task LookAsync(CancellationToken cancel) => Task.WhenAll(
        [LookAsync("state", _ => state.TouchAsync(), cancel), LookAsync(Store, store.ProbeAsync, cancel), .. pumps.All.Select(pump => LookAsync(pump.Channel.Name, pump.Channel.CheckAsync, cancel))]);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken);
                if (state.Damage is { } damage) throw new IOException(damage);
                await Task.Delay(options.Value.ProbeEvery, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task LookAsync(string what, Func<CancellationToken, Task> look, CancellationToken cancel)
    {
        try
        {
            await look(cancel);
            if (_troubles.TryRemove(what, out _)) LogRecovered(what);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)   // whatever a store or a broker meets is what is looked for here
        {
            if (!_troubles.TryGetValue(what, out var before) || before != error.Message) LogTrouble(error, what, error.Message);
            _troubles[what] = error.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready, {What}: {Reason}")]
    private partial void LogTrouble(Exception error, string what, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready again: {What}")]
    private partial void LogRecovered(string what);
}
