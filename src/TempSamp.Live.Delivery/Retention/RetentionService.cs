using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Runs retention from time to time, and the comparison of state and store once a day, the first time soon after the start.</summary>
internal sealed partial class RetentionService(Retention retention, Reconciliation reconciliation, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<RetentionService> logger)
    : BackgroundService
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? compared = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.Value.Retention.Every, time, stoppingToken);
                await retention.TrimAsync(stoppingToken);
                if (compared is { } last && time.GetUtcNow() - last < _day) continue;
                await reconciliation.RunAsync(stoppingToken);
                compared = time.GetUtcNow();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is StoreException or IOException or SqliteException)
            {
                LogPutOff(error, options.Value.Retention.Every, error.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention could not do all its work and goes on in {Wait}: {Reason}")]
    private partial void LogPutOff(Exception error, TimeSpan wait, string reason);
}
