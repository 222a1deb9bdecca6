using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Host;

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary><see cref="Json"/> in a container (<c>DOTNET_RUNNING_IN_CONTAINER</c>), else <see cref="Text"/>.</summary>
    Auto,

    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One compact JSON object a line, for collectors.</summary>
    Json,
}

/// <summary>Section <c>Logging</c>: what is logged, how and where.</summary>
internal sealed record LogOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Logging";

    /// <summary>Lowest level that is written. Default <c>Information</c>.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Lowest level by category prefix, such as <c>TempSamp.Live.Media: Debug</c>; the longest prefix wins. Default <c>Microsoft: Warning</c>.</summary>
    public Dictionary<string, LogLevel> Levels { get; init; } = new() { ["Microsoft"] = LogLevel.Warning };

    /// <summary>Console format. Default <c>Auto</c>.</summary>
    public LogFormat Format { get; init; } = LogFormat.Auto;

    /// <summary>Rolling log file, such as <c>/var/log/tempsamp-live/live.log</c>; a date is put before the extension. Empty: no file. Default empty.</summary>
    public string File { get; init; } = "";

    /// <summary>Largest log file in bytes before the next one begins, 64 KiB to 4 GiB. Default 64 MiB.</summary>
    [Range(64L * 1024, 4L * 1024 * 1024 * 1024)]
    public long FileBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long rolled files are kept, one day to ten years. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan FileKeep { get; init; } = TimeSpan.FromDays(7);
}
