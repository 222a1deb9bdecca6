using System.ComponentModel.DataAnnotations;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>The top-level sections <c>Queries</c> and <c>Streams</c>: what to look for, and where.</summary>
internal sealed record StreamsOptions
{
    /// <summary>Named query sets: set name to query id to query. A stream takes whole sets by name.</summary>
    public Dictionary<string, Dictionary<string, QueryOptions>> Queries { get; init; } = [];

    /// <summary>Streams to watch, by id.</summary>
    public Dictionary<string, StreamOptions> Streams { get; init; } = [];
}

/// <summary>One stream of the section <c>Streams</c>. Its key is the stream's id: letters, digits, dot, dash and underscore.</summary>
internal sealed record StreamOptions
{
    /// <summary>Whether the stream is watched. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Whether it may have nothing to look for: it is then read and taped for little work and ready for its first query, whose clips may begin in what was
    /// taped before. Default false: a stream without queries is a mistake.
    /// </summary>
    public bool Standby { get; init; }

    /// <summary>RTMP(S) or HTTP(S) address, path of a file, or <c>listen:KEY</c> for a publisher of the built-in RTMP endpoint. Required.</summary>
    public string Url { get; init; } = "";

    /// <summary>Names of query sets of the section <c>Queries</c>.</summary>
    public IReadOnlyList<string> QuerySets { get; init; } = [];

    /// <summary>The stream's own queries by id; one with the id of a set's query replaces it.</summary>
    public Dictionary<string, QueryOptions> Queries { get; init; } = [];

    /// <summary>When it is watched, as <c>Mon-Fri 18:00-23:30</c>, <c>Sat,Sun 12:00-02:00</c> or <c>daily 00:00-24:00</c>. Empty: always. Default empty.</summary>
    public IReadOnlyList<string> Schedule { get; init; } = [];

    /// <summary>Whose wall clock the schedule is in: an IANA name such as <c>Europe/Berlin</c>. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";
}

/// <summary>What a producer asks for, and how a found moment becomes a clip.</summary>
internal sealed record QueryOptions
{
    /// <summary>The sentence asked of the model, in any language; at most 500 characters. Required.</summary>
    [StringLength(500)]
    public string Text { get; init; } = "";

    /// <summary>Lowest presence score that counts as a sighting, 0 to 1. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Threshold { get; init; } = 0.5;

    /// <summary>Added before the moment, up to one minute. Default 0.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PadBefore { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Added after the moment, up to one minute. Default 0.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PadAfter { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Shorter clips are widened around their centre; up to ten minutes. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MinLength { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longer clips keep their end; one second to ten minutes. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxLength { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Moments of this query that begin sooner than this after its last clip's end are refused; up to one day. Default none.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Cooldown { get; init; }

    /// <summary>
    /// How clips are cut: <c>Smart</c> on the frame, copying nearly all; <c>Exact</c> on the frame, encoding all again; <c>Copy</c> from the key frame
    /// before. Default <c>Smart</c>.
    /// </summary>
    public CutMode Mode { get; init; } = CutMode.Smart;

    /// <summary>Whether the middle of the picture is cropped to 9:16; every frame is encoded again. Default false.</summary>
    public bool Vertical { get; init; }

    /// <summary>Whether an HLS playlist with fragmented MP4 is put beside the MP4. Default false.</summary>
    public bool Hls { get; init; }

    /// <summary>Whether a sheet of small pictures with its WebVTT, for preview while seeking, is put beside the MP4. Default false.</summary>
    public bool Sprite { get; init; }
}
