using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Starts delivery: puts the last run's state in order, then lets clips and events go on their way. Stopping waits for them, but not for ever.</summary>
internal sealed partial class DeliveryService(
    StateRecovery recovery, ClipDelivery delivery, OutboxPumps pumps, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<DeliveryService> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        pumps.Start();
        await recovery.RunAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.DrainTime, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await delivery.DrainAsync(giveUp.Token);
            await pumps.DrainAsync(giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            LogLeft(options.Value.DrainTime);
        }
        await delivery.StopAsync();
        await pumps.StopAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clips or events are still on their way after {Wait}; they are kept and go on at the next start")]
    private partial void LogLeft(TimeSpan wait);
}
