using Microsoft.Extensions.Diagnostics.HealthChecks;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>Whether what must not be forgotten can be written down.</summary>
internal sealed class StateCheck(IDeliveryHealth delivery) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(delivery.StateTrouble is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy());
}

/// <summary>Whether the store takes clips. None is lost while it does not: they wait in the spool.</summary>
internal sealed class StoreCheck(IDeliveryHealth delivery) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        delivery.StoreTrouble is { } trouble ? HealthCheckResult.Unhealthy($"{trouble} ({delivery.ClipsOnTheWay} clips wait in the spool)") : HealthCheckResult.Healthy());
}

/// <summary>Whether journal and broker take events; they wait in the outbox while not. A webhook's receiver that is away is the receiver's trouble, so it degrades only.</summary>
internal sealed class EventsCheck(IDeliveryHealth delivery) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var troubled = delivery.Channels.Where(channel => channel.Trouble is not null).ToArray();
        var reasons = string.Join("; ", troubled.Select(channel => $"{channel.Trouble} ({channel.Waiting} events wait for {channel.Name})"));
        return Task.FromResult(troubled.Length == 0 ? HealthCheckResult.Healthy() : troubled.All(channel => channel.IsWebhook) ? HealthCheckResult.Degraded(reasons) : HealthCheckResult.Unhealthy(reasons));
    }
}

/// <summary>Whether this worker has its part in the group that shares the streams. While it has none, its streams run elsewhere or wait; where there is no group, all is well.</summary>
internal sealed class GroupCheck(IDeliveryHealth delivery) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(delivery.Group?.Trouble is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy());
}
