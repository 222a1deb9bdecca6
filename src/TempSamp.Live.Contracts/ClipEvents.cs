using System.Text.Json.Serialization;

namespace TempSamp.Live.Contracts;

/// <summary>What every event of a clip says: the whole state of the clip as it is known then, so that no second question is needed.</summary>
public abstract record ClipEvent
{
    /// <summary>Stable: hash of stream, session, query and span. The CloudEvent's id is <c>clipId:revision</c>.</summary>
    public required string ClipId { get; init; }

    /// <summary>Counts the states of a clip from 1.</summary>
    public required int Revision { get; init; }

    /// <summary><c>detected</c>, <c>ready</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Where it was seen.</summary>
    public required StreamReference Stream { get; init; }

    /// <summary>What was looked for.</summary>
    public required QueryReference Query { get; init; }

    /// <summary>What looked.</summary>
    public required ModelReference Model { get; init; }

    /// <summary>When it happened.</summary>
    public required ClipTime Time { get; init; }

    /// <summary>Why it was clipped.</summary>
    public required Decision Decision { get; init; }
}

/// <summary>A moment settled and will be cut.</summary>
public sealed record ClipDetected : ClipEvent;

/// <summary>The clip can be fetched.</summary>
public sealed record ClipReady : ClipEvent
{
    /// <summary>The clip itself (<c>main</c>) and what goes with it.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<MediaFile> Media { get; init; }
}

/// <summary>The clip will not come.</summary>
public sealed record ClipFailed : ClipEvent
{
    /// <summary>Why.</summary>
    [JsonPropertyOrder(1)]
    public required Failure Failure { get; init; }
}

/// <summary>Why a clip will not come.</summary>
/// <param name="Reason">Short machine name: <c>evicted</c>, <c>no-key-frame</c>, <c>format-changed</c>, <c>disk-full</c>, <c>cut-failed</c>, <c>store-failed</c>, <c>stopped</c>, <c>interrupted</c>, <c>fault</c>.</param>
/// <param name="Detail">For people.</param>
public sealed record Failure(string Reason, string Detail);

/// <summary>A stream and one continuous run of it.</summary>
public sealed record StreamReference(string Id, string Session);

/// <summary>A producer's query.</summary>
/// <param name="Id">Its stable name.</param>
/// <param name="Text">The sentence.</param>
public sealed record QueryReference(string Id, string Text);

/// <summary>A model.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Revision">Digest of its weights.</param>
public sealed record ModelReference(string Id, string Revision);
