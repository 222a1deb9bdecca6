using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TempSamp.Live.Delivery;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>Whether every service has started, which includes loading the model.</summary>
internal sealed class ModelLoadedCheck(StartedFlag started) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(started.IsSet ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the model is being loaded"));
}

/// <summary>Set once the daemon has started.</summary>
internal sealed class StartedFlag
{
    private volatile bool _isSet;

    /// <summary>Whether it has.</summary>
    public bool IsSet => _isSet;

    /// <summary>It has.</summary>
    public void Set() => _isSet = true;
}

/// <summary>Whether the newest change of the settings files was taken.</summary>
internal sealed class ConfigurationCheck(StreamBook book) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        book.Refused.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"a changed settings file is refused, version {book.Page.Version} runs on: {string.Join("; ", book.Refused)}"));
}

/// <summary>Whether streams are where they should be. A stream that is down is the source's trouble, so this never fails, it degrades.</summary>
internal sealed class StreamsCheck(SessionRegistry registry) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var down = registry.Status().Where(s => s.State is SessionState.Waiting or SessionState.Invalid || s.Errors.Count > 0).ToArray();
        return Task.FromResult(down.Length == 0 ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join("; ", down.Select(s => $"{s.StreamId} is {s.State.ToString().ToLowerInvariant()}: {s.Errors.FirstOrDefault() ?? s.LastEnd?.Detail}"))));
    }
}

/// <summary>Whether the data folder can take more clips.</summary>
internal sealed class DiskSpaceCheck(IOptions<DeliveryOptions> delivery) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folder = Path.GetFullPath(delivery.Value.Directory);
        if (!Directory.Exists(folder)) return Task.FromResult(HealthCheckResult.Unhealthy($"the data folder {folder} is gone: mount or make it"));
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return Task.FromResult(free >= delivery.Value.LowSpaceBytes ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"{free / 1024 / 1024} MiB are left in {folder}: make room, or lower what is kept"));
    }
}
