using Microsoft.Extensions.Hosting;
using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>Connects the wanted streams to those that run. When no further change can come and every stream is over, the daemon ends.</summary>
internal sealed class AssignmentService(IStreamAssignments assignments, SessionRegistry registry, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var wanted in assignments.WatchAsync(stoppingToken)) await registry.ApplyAsync(wanted, stoppingToken);
        await registry.WhenAllEndedAsync(stoppingToken);
        lifetime.StopApplication();
    }

    /// <summary>Stops listening to changes, then every stream; each finishes the clips it has announced.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await registry.StopAsync().WaitAsync(cancellationToken);
    }
}
