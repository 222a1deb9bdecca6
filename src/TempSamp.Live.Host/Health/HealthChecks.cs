using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host;

/// <summary>What must be so for the daemon to work. Each check stands alone and never throws for what it looks for.</summary>
internal static class HealthChecks
{
    /// <summary>Runs all checks, one after another; each finding is told as soon as it is there.</summary>
    public static async IAsyncEnumerable<Finding> RunAsync(SettingsSources sources)
    {
        var (finding, configuration) = Configuration(sources);
        yield return finding;
        yield return Clock(TimeProvider.System);
        if (configuration is null) yield break;   // the other checks follow the settings

        yield return NativeChecks.FFmpeg(configuration);
        var torch = NativeChecks.Torch(configuration);
        yield return torch;
        yield return NativeChecks.Gpu(torch);
        yield return ModelChecks.Folder(configuration);
        yield return await StoreChecks.FolderAsync(configuration);
        yield return NetworkChecks.RtmpPort(configuration);
    }

    /// <summary>The configuration loads and validates; null where it does not.</summary>
    public static (Finding Finding, IConfiguration? Configuration) Configuration(SettingsSources sources)
    {
        const string name = "configuration";
        try
        {
            var configuration = sources.Load();
            Settings.Validate(configuration);
            var streams = StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration));
            return (streams.Count > 0
                ? Finding.Good(name, $"valid; {streams.Count} streams, {streams.Sum(stream => stream.Queries.Count)} queries")
                : Finding.Note(name, "valid, but no stream is enabled", "add one to Streams; see appsettings.json"), configuration);
        }
        catch (SettingsException e)
        {
            return (Finding.Failed(name, string.Join('\n', e.Errors), "correct the settings named above"), null);
        }
    }

    /// <summary>The clock is not behind the program itself: event times and TLS lean on it.</summary>
    public static Finding Clock(TimeProvider time)
    {
        const string name = "clock";
        var now = time.GetUtcNow();
        var built = File.GetLastWriteTimeUtc(typeof(HealthChecks).Assembly.Location);
        return now.UtcDateTime >= built.AddHours(-1)
            ? Finding.Good(name, $"{now:yyyy-MM-dd HH:mm:ss} UTC")
            : Finding.Failed(name, $"it is {now:yyyy-MM-dd} here, before this program was built", "set the clock, or start a time service such as systemd-timesyncd");
    }
}
