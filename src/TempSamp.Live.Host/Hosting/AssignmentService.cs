using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>
/// Connects the wanted streams to those that run. When every stream is over by itself, such as files played to their end, and no schedule will begin
/// another, the daemon ends.
/// </summary>
internal sealed partial class AssignmentService(StreamBook book, IStreamAssignments assignments, SessionRegistry registry, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<AssignmentService> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await using var changes = assignments.WatchAsync(watching.Token).GetAsyncEnumerator(watching.Token);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            while (await next)
            {
                var wanted = changes.Current;
                LogWanted(wanted.Count);
                await registry.ApplyAsync(wanted, stoppingToken);
                next = changes.MoveNextAsync().AsTask();
                if (wanted.Count == 0 || assignments.MayGrow) continue;
                if (await Task.WhenAny(next, registry.WhenAllEndedAsync(stoppingToken)) != next && !book.Page.MayChange(time.GetUtcNow())) break;
            }
        }
        finally
        {
            await watching.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // the watch is at rest before it is disposed
        }
        stoppingToken.ThrowIfCancellationRequested();
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
