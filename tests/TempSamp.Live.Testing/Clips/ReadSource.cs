using TempSamp.Live.Core;

namespace TempSamp.Live.Testing;

/// <summary>A file as the service read it, for a judge that decodes the same file on its own.</summary>
/// <param name="Path">The file.</param>
/// <param name="Pictures">Packets of the video track in the order they were read.</param>
/// <param name="Notes">Notes on the stream: jumps, gaps, formats.</param>
public sealed record ReadSource(string Path, IReadOnlyList<MediaPacket> Pictures, IReadOnlyList<StreamNote> Notes)
{
    /// <summary>Whether the source's own times run on from start to end, so that they can be told from the timeline by one difference.</summary>
    public bool RunsOn => !Notes.Any(note => note.Kind is "jump" or "format" or "broke");
}
