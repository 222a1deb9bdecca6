using System.ComponentModel.DataAnnotations;

namespace TempSamp.Live.Media;

/// <summary>Bounds of the worker processes that streams are read and clips are cut in. Section <c>Workers</c>.</summary>
public sealed record WorkerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Workers";

    /// <summary>Most memory that a worker that reads a stream may hold, in bytes; one that takes more is ended. Default 1 GiB; 256 MiB to 64 GiB.</summary>
    [Range(256L << 20, 64L << 30)]
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>How often a worker says that it lives. Default 1 s; 0.1 s to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A worker that says nothing for this long is ended. Default 10 s; 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A worker that lives but waits in one native call for this long is ended; longer than any time-out of <c>Ingest</c>. Default 1 min; 5 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before a lost worker of an open stream is started again, spread by a fifth either way; doubles with each loss. Default 0.2 s; up to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Losses inside <see cref="CrashWindow"/> that a stream may have; with one more it is <c>quarantined</c>. Default 4; 0 to 100.</summary>
    [Range(0, 100)]
    public int CrashLimit { get; init; } = 4;

    /// <summary>How long a lost worker counts. Default 10 min; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CrashWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most memory that a worker that cuts may hold, in bytes: it keeps the clip's packets, and encoders of large pictures want much. Default 4 GiB; 256 MiB to 64 GiB.</summary>
    [Range(256L << 20, 64L << 30)]
    public long CutMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Clips that are cut at the same time, each in a process of its own. Default 1; 1 to 64.</summary>
    [Range(1, 64)]
    public int CutProcesses { get; init; } = 1;

    /// <summary>Longest time that cutting one clip may take. Default 2 min; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CutTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
