using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>What must be so for the daemon to work. Each check stands alone and never throws for what it looks for.</summary>
internal static class HealthChecks
{
    /// <summary>All checks in the order they are told.</summary>
    public static readonly IReadOnlyList<Func<SettingsSources, CancellationToken, Task<Finding>>> All =
    [
        (sources, _) => Task.FromResult(Configuration(sources)),
        (_, _) => Task.FromResult(Clock(TimeProvider.System)),
    ];

    /// <summary>The configuration loads and validates.</summary>
    public static Finding Configuration(SettingsSources sources)
    {
        const string name = "configuration";
        try
        {
            var configuration = sources.Load();
            Settings.Validate(configuration);
            return Finding.Good(name, "valid");
        }
        catch (SettingsException e)
        {
            return Finding.Failed(name, string.Join('\n', e.Errors), "correct the settings named above");
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
