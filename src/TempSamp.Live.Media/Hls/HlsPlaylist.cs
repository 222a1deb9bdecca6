namespace TempSamp.Live.Media;

/// <summary>A playlist that was read and checked: every address in it passed the policy.</summary>
internal abstract record HlsPlaylist
{
    /// <summary>Where it came from, after redirects.</summary>
    public required StreamUrl Url { get; init; }

    /// <summary>What is wrong with it and was passed over, each with its line.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];
}

/// <summary>A list of the same programme in several qualities.</summary>
internal sealed record MasterPlaylist : HlsPlaylist
{
    /// <summary>At least one.</summary>
    public required IReadOnlyList<HlsVariant> Variants { get; init; }

    /// <summary>Sound, picture and text that variants refer to by group.</summary>
    public required IReadOnlyList<HlsRendition> Renditions { get; init; }

    /// <summary>Variables that media playlists may import.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}

/// <summary>One quality of a programme.</summary>
/// <param name="Url">Its media playlist.</param>
/// <param name="Bandwidth">Peak bits per second; 0 when not given.</param>
/// <param name="Height">Pixels; 0 when not given.</param>
/// <param name="Codecs">RFC 6381 names; empty when not given.</param>
/// <param name="AudioGroup">Group of its separate sound; null when the sound is inside.</param>
internal sealed record HlsVariant(StreamUrl Url, long Bandwidth, int Height, string Codecs, string? AudioGroup);

/// <summary>A rendition of a group.</summary>
/// <param name="Type"><c>AUDIO</c>, <c>VIDEO</c>, <c>SUBTITLES</c> or <c>CLOSED-CAPTIONS</c>.</param>
/// <param name="Group">Name of the group.</param>
/// <param name="Name">For people.</param>
/// <param name="Language">RFC 5646 tag; empty when not given.</param>
/// <param name="IsDefault">Whether it is played when nobody chooses.</param>
/// <param name="Url">Its media playlist; null when it is inside the variant.</param>
internal sealed record HlsRendition(string Type, string Group, string Name, string Language, bool IsDefault, StreamUrl? Url);

/// <summary>A list of segments, one after the other.</summary>
internal sealed record MediaPlaylist : HlsPlaylist
{
    /// <summary>What to ask for to load it again; null for <see cref="HlsPlaylist.Url"/>.</summary>
    public StreamUrl? Source { get; init; }

    /// <summary>Variables of the master playlist that named it; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Imported { get; init; }

    /// <summary>Longest segment to expect; paces reloads.</summary>
    public required TimeSpan TargetDuration { get; init; }

    /// <summary>Sequence number of the first segment, also when there is none yet.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>Whether no segment will be added.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The segments, by rising sequence number, without holes.</summary>
    public required IReadOnlyList<HlsSegment> Segments { get; init; }

    /// <summary>Sequence number after the last segment.</summary>
    public long EndSequence => FirstSequence + Segments.Count;
}

/// <summary>A piece of media.</summary>
/// <param name="Sequence">Its media sequence number: its only identity, addresses may repeat.</param>
/// <param name="Discontinuity">Number of the run of timestamps that it belongs to.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Range">The part of the resource; null for all of it.</param>
/// <param name="Duration">Declared length.</param>
/// <param name="Key">How it is encrypted; null when it is not.</param>
/// <param name="Map">Its initialisation section; null when it needs none.</param>
/// <param name="StartsAt">UTC of its first sample; null when not given.</param>
/// <param name="IsGap">Whether the server says that it is missing.</param>
/// <param name="Marks">Cues and date ranges that stand before it.</param>
internal sealed record HlsSegment(
    long Sequence, long Discontinuity, StreamUrl Url, ByteRange? Range, TimeSpan Duration, HlsKey? Key, HlsMap? Map, DateTimeOffset? StartsAt, bool IsGap, IReadOnlyList<HlsMark> Marks)
{
    /// <summary>Whether the list says right before it that a new run of timestamps begins.</summary>
    public bool StartsRun { get; init; }
}

/// <summary>A part of a resource.</summary>
internal readonly record struct ByteRange(long Offset, long Length);

/// <summary>AES-128 in CBC mode over whole segments.</summary>
/// <param name="Url">Where the 16 bytes of the key are.</param>
/// <param name="Iv">16 bytes; null for the segment's sequence number.</param>
internal sealed record HlsKey(StreamUrl Url, byte[]? Iv);

/// <summary>An initialisation section.</summary>
internal sealed record HlsMap(StreamUrl Url, ByteRange? Range, HlsKey? Key);

/// <summary>Something that the playlist says of a place: an ad break, a chapter.</summary>
/// <param name="Id">Identity of a date range, which is repeated in later lists; null for a cue.</param>
/// <param name="Text">For people, fit for one line of a log.</param>
internal sealed record HlsMark(string? Id, string Text);
