using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Contracts;

/// <summary>The <c>type</c> attribute of each CloudEvent. A breaking change of a payload gets a new version here.</summary>
public static class EventTypes
{
    /// <summary>A moment settled; <see cref="ClipReady"/> or <see cref="ClipFailed"/> of the same clip follows. Data: <see cref="Contracts.ClipDetected"/>.</summary>
    public const string ClipDetected = "io.tempsamp.highlight.clip.detected.v1";

    /// <summary>The clip can be fetched: stored, sized and hashed. Data: <see cref="Contracts.ClipReady"/>.</summary>
    public const string ClipReady = "io.tempsamp.highlight.clip.ready.v1";

    /// <summary>The clip will not come. Data: <see cref="Contracts.ClipFailed"/>.</summary>
    public const string ClipFailed = "io.tempsamp.highlight.clip.failed.v1";

    /// <summary>A session of a stream began. Data: <see cref="StreamStatusChanged"/>.</summary>
    public const string StreamOnline = "io.tempsamp.highlight.stream.online.v1";

    /// <summary>A session of a stream is over. Only clips that are still on their way to the store follow. Data: <see cref="StreamStatusChanged"/>.</summary>
    public const string StreamOffline = "io.tempsamp.highlight.stream.offline.v1";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [ClipDetected, ClipReady, ClipFailed, StreamOnline, StreamOffline];

    /// <summary>How the data of a type are written as JSON; null for a type that is not known.</summary>
    public static JsonTypeInfo? PayloadOf(string type) => type switch
    {
        ClipDetected => ContractsJson.Default.ClipDetected,
        ClipReady => ContractsJson.Default.ClipReady,
        ClipFailed => ContractsJson.Default.ClipFailed,
        StreamOnline or StreamOffline => ContractsJson.Default.StreamStatusChanged,
        _ => null,
    };
}

/// <summary>Where events are published. Keyed by stream id, so that the events of one stream keep their order.</summary>
public static class Topics
{
    /// <summary>Events of clips.</summary>
    public const string Clips = "tempsamp.highlight.clips.v1";

    /// <summary>Events of streams.</summary>
    public const string Streams = "tempsamp.highlight.streams.v1";
}
