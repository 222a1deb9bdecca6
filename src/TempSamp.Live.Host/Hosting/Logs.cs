using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace TempSamp.Live.Host;

/// <summary>Builds the log from its options. Lines go to standard error, so that standard output stays what was asked for.</summary>
internal static class Logs
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>A logger with console and, when wanted, a rolling file.</summary>
    public static Logger Create(LogOptions options)
    {
        var log = new LoggerConfiguration().MinimumLevel.Is(Level(options.Level)).Enrich.FromLogContext();
        log.MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LevelAlias.Off);   // start and service faults are told once, by the command line
        log.MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LevelAlias.Off);   // whoever asks is told; what is wrong was logged when it was found
        foreach (var (category, level) in options.Levels) log.MinimumLevel.Override(category, Level(level));

        if (UsesJson(options.Format)) log.WriteTo.Console(new RenderedCompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose);
        else log.WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose);

        if (options.File.Length > 0)
            log.WriteTo.File(new RenderedCompactJsonFormatter(), options.File, rollingInterval: RollingInterval.Day, rollOnFileSizeLimit: true,
                fileSizeLimitBytes: options.FileBytes, retainedFileCountLimit: null, retainedFileTimeLimit: options.FileKeep);
        return log.CreateLogger();
    }

    private static bool UsesJson(LogFormat format) => format switch
    {
        LogFormat.Json => true,
        LogFormat.Text => false,
        _ => string.Equals(Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER"), "true", StringComparison.OrdinalIgnoreCase),
    };

    private static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        LogLevel.Critical => LogEventLevel.Fatal,
        _ => LevelAlias.Off,
    };
}
