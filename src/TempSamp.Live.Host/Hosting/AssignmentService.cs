using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>Connects the wanted streams to those that run. When no further change can come and every stream is over, the daemon ends.</summary>
internal sealed partial class AssignmentService(IStreamAssignments assignments, SessionRegistry registry, IHostApplicationLifetime lifetime, ILogger<AssignmentService> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var wanted in assignments.WatchAsync(stoppingToken))
        {
            LogWanted(wanted.Count);
            await registry.ApplyAsync(wanted, stoppingToken);
        }
        await registry.WhenAllEndedAsync(stoppingToken);
        LogAllOver();
        lifetime.StopApplication();
    }

    /// <summary>Stops listening to changes, then every stream; each finishes the clips it has announced.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await registry.StopAsync().WaitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} streams are wanted")]
    private partial void LogWanted(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Every stream is over")]
    private partial void LogAllOver();
}
