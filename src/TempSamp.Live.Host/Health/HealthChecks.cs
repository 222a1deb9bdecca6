using Microsoft.Extensions.Configuration;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>What must be so for the daemon to work. Each check stands alone and never throws for what it looks for; <see cref="DoctorFaults"/> lists what they find.</summary>
internal static class HealthChecks
{
    /// <summary>Runs all checks, one after another; each finding is told as soon as it is there.</summary>
    public static async IAsyncEnumerable<Finding> RunAsync(SettingsSources sources, TimeProvider time, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (finding, configuration) = Configuration(sources);
        yield return finding;
        yield return Clock(time);
        if (configuration is null) yield break;   // the other checks follow the settings

        var isRunning = StateTrial.IsInUse(Settings.Get<DeliveryOptions>(configuration));
        yield return FolderChecks.Data(configuration);
        yield return FolderChecks.Tape(configuration);
        yield return FolderChecks.Log(configuration);
        yield return FolderChecks.Memory(configuration);
        yield return FolderChecks.State(configuration, isRunning);
        yield return NativeChecks.FFmpeg(configuration);
        var torch = NativeChecks.Torch(configuration);
        yield return torch;
        yield return NativeChecks.Gpu(configuration, torch);
        yield return ModelChecks.Folder(configuration);
        yield return PortChecks.Rtmp(configuration, isRunning);
        yield return PortChecks.Api(configuration, isRunning);
        yield return PortChecks.Certificate(configuration, time);
        yield return await DeliveryChecks.StoreAsync(configuration, time, cancel);
        yield return await DeliveryChecks.BrokerAsync(configuration, cancel);
        foreach (var webhook in Settings.Get<EventsOptions>(configuration).Webhooks.Where(webhook => webhook.Value.Enabled)) yield return await AddressChecks.WebhookAsync(configuration, webhook.Key, cancel);
        yield return await AddressChecks.StreamsAsync(configuration, cancel);
    }

    /// <summary>The configuration loads and validates; null where it does not.</summary>
    public static (Finding Finding, IConfiguration? Configuration) Configuration(SettingsSources sources)
    {
        IConfiguration configuration;
        try
        {
            configuration = sources.Load();
        }
        catch (SettingsException e)
        {
            return (Finding.Of(DoctorFaults.SettingsUnreadable, string.Join('\n', e.Errors)), null);
        }
        try
        {
            Settings.Validate(configuration);
        }
        catch (SettingsException e)
        {
            return (Finding.Of(DoctorFaults.SettingsInvalid, string.Join('\n', e.Errors)), null);
        }
        var streams = StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration));
        return (streams.Count > 0
            ? Finding.Good("configuration", $"valid; {streams.Count} streams, {streams.Sum(stream => stream.Queries.Count)} queries")
            : Finding.Of(DoctorFaults.NoStream, "valid, but no stream is enabled"), configuration);
    }

    /// <summary>The clock is not behind the program itself: event times and TLS lean on it.</summary>
    public static Finding Clock(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var built = File.GetLastWriteTimeUtc(typeof(HealthChecks).Assembly.Location);
        return now.UtcDateTime >= built.AddHours(-1)
            ? Finding.Good("clock", $"{now:yyyy-MM-dd HH:mm:ss} UTC")
            : Finding.Of(DoctorFaults.ClockBehind, $"it is {now:yyyy-MM-dd} here, before this program was built");
    }
}
