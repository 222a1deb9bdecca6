using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A packet as the demuxer gave it, copied to managed memory.</summary>
/// <param name="Time">The source's times; <see cref="SourceTime.Track"/> is the track's index.</param>
/// <param name="IsKey">Whether decoding can start here.</param>
/// <param name="Data">The encoded bytes.</param>
/// <param name="Position">Where it began in the bytes that were read; -1 when unknown.</param>
/// <param name="IsDamaged">Whether the demuxer knows that bytes are missing or wrong.</param>
internal readonly record struct SourcePacket(SourceTime Time, bool IsKey, byte[] Data, long Position = -1, bool IsDamaged = false)
{
    /// <summary>The track's format from this packet on; null when it did not change.</summary>
    public TrackFormat? NewFormat { get; init; }

    /// <summary>Whether the container wants it decoded but not shown, as an edit list does with what comes before a cut.</summary>
    public bool IsHidden { get; init; }

    /// <summary>What the source says of this place; null mostly.</summary>
    public SourceMark? Mark { get; init; }
}

/// <summary>Something that a source says of a place in it.</summary>
/// <param name="IsBreak">Whether the source's times start anew here.</param>
/// <param name="Missing">Length of what is known to be missing before this place.</param>
/// <param name="Notes">Kind and text of what is worth knowing.</param>
internal sealed record SourceMark(bool IsBreak, TimeSpan Missing, IReadOnlyList<(string Kind, string Text)> Notes)
{
    /// <summary>UTC of the first picture from this place on; null when the source does not say.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>The two in one: what is said of a place, behind what was said before and not heard.</summary>
    public SourceMark After(SourceMark? before) => before is null ? this
        : new SourceMark(before.IsBreak || IsBreak, before.Missing + Missing, [.. before.Notes, .. Notes]) { Date = Date ?? before.Date };
}
