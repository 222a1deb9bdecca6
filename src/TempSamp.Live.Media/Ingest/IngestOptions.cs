using System.ComponentModel.DataAnnotations;

namespace TempSamp.Live.Media;

/// <summary>How streams are opened and read. Section <c>Ingest</c>.</summary>
public sealed record IngestOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Ingest";

    /// <summary>Longest wait from the start of connecting until the tracks are known. Default 15 s; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest silence of an open stream before it counts as broken; HLS goes by its playlist instead, three target durations. Default 10 s; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest silence of an SRT stream, where it is shorter than <see cref="ReadTimeout"/>: a sender that was killed says no farewell, and one that is back answers
    /// new calls only. Default 2 s; 1 s to 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan SrtReadTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How much of a stream is read ahead to learn its tracks. Default 2 s; 0.1 s to 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan AnalyzeDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Most bytes read ahead to learn the tracks. Default 2 MB; 32 KiB to 64 MB.</summary>
    [Range(32 * 1024, 64_000_000)]
    public int ProbeBytes { get; init; } = 2_000_000;

    /// <summary>Most tracks a container may have. Default 16; 1 to 64.</summary>
    [Range(1, 64)]
    public int MaxStreams { get; init; } = 16;

    /// <summary>Most sound tracks that are read of one stream: the best first, then in the container's order. Default 4; 0 to 16.</summary>
    [Range(0, 16)]
    public int MaxAudioTracks { get; init; } = 4;

    /// <summary>Which quality of an HLS stream is read. Default <see cref="HlsVariantPolicy.Closest"/>: the tallest picture up to <see cref="HlsMaxHeight"/>.</summary>
    public HlsVariantPolicy HlsVariant { get; init; } = HlsVariantPolicy.Closest;

    /// <summary>Tallest picture that <see cref="HlsVariantPolicy.Closest"/> takes, in pixels. Default 1080; 16 to 8192.</summary>
    [Range(16, 8192)]
    public int HlsMaxHeight { get; init; } = 1080;

    /// <summary>Variants that declare more bits per second than this are taken only when there is no other; 0, the default, sets no limit.</summary>
    [Range(0, long.MaxValue)]
    public long HlsMaxBandwidth { get; init; }

    /// <summary>Languages of separate HLS sound that are all read, such as <c>en</c>. Empty, the default, reads the stream's default sound.</summary>
    public IReadOnlyList<string> HlsAudioLanguages { get; init; } = [];

    /// <summary>
    /// Longest wait before a live HLS playlist of which all is read is loaded again. RFC 8216 has clients wait up to its target duration, which may be much longer
    /// than the segments of a source that is back. Default 2 s; 0.5 s to 1 min: more asks a server less often and reads later.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")]
    public TimeSpan HlsReloadMost { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Most pixels in a picture; larger video is refused before its memory is taken. Default 4096 x 2304.</summary>
    [Range(64 * 64, 8192 * 8192)]
    public int MaxPixels { get; init; } = 4096 * 2304;

    /// <summary>Most pictures in a second of media time; a stream with more is ended. Default 240; 10 to 10000.</summary>
    [Range(10, 10_000)]
    public int MaxFrameRate { get; init; } = 240;

    /// <summary>Which pictures are decoded for the 2 fps grid. Default <see cref="SamplingMode.Auto"/>: the same frames as all of them, for less work.</summary>
    public SamplingMode Sampling { get; init; } = SamplingMode.Auto;

    /// <summary>
    /// While nobody looks at a stream that is sampled with <see cref="SamplingMode.Auto"/>, at most one key frame is decoded in this time, however often they come.
    /// Default 4 s, the hop of the default windows; 0 decodes each; up to 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>What decodes the video. Default the processor: a GPU context of some hundred MiB for each worker process is worth it for large pictures only.</summary>
    public HardwareDecoding HardwareDecoding { get; init; } = HardwareDecoding.None;

    /// <summary>Lets network addresses name loopback, private, link-local and metadata hosts. Default false.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>
    /// What a stream's URL may start with, out of <see cref="UrlPolicy.Protocols"/>; <c>file</c> stands for plain paths too, <c>listen</c> for the
    /// built-in RTMP endpoint. Empty, the default, allows all of them.
    /// </summary>
    public IReadOnlyList<string> AllowedProtocols { get; init; } = [];

    /// <summary>Plays files at the speed of their timestamps, as a live stream would arrive. Default true; one-off verbs read as fast as they can.</summary>
    public bool Realtime { get; init; } = true;

    /// <summary>
    /// Where streams are read and clips are cut: in a process of their own, the default, so that what breaks libav costs one stream a few seconds; or in threads of
    /// this process, which uses less memory and trusts its sources. Section <c>Workers</c> bounds the processes.
    /// </summary>
    public IngestIsolation Isolation { get; init; } = IngestIsolation.Process;

    /// <summary>Folder of the FFmpeg 7.1 shared libraries; null for the system's.</summary>
    public string? FFmpegPath { get; init; }
}

/// <summary>Where libav runs.</summary>
public enum IngestIsolation
{
    /// <summary>In worker processes: one a stream, and a pool for cutting.</summary>
    Process,

    /// <summary>In threads of this process.</summary>
    Thread,
}
