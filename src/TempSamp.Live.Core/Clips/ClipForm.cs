namespace TempSamp.Live.Core;

/// <summary>How a clip's pictures come out of the stream.</summary>
public enum CutMode
{
    /// <summary>Frame-accurate: only what lies between the asked start and the next key frame, and the last few frames, is encoded again; the rest is copied.</summary>
    Smart,

    /// <summary>Frame-accurate: every frame is decoded and encoded again.</summary>
    Exact,

    /// <summary>Packets as they are: starts at the key frame at or before the asked start.</summary>
    Copy,
}

/// <summary>What is made of a range of a stream.</summary>
/// <param name="Mode">How it is cut. A smart cut that the stream does not allow becomes an exact one; the clip says why.</param>
/// <param name="Hls">Adds an HLS playlist and the fragmented MP4 that its segments are ranges of.</param>
/// <param name="Sprite">Adds a sheet of small pictures and the WebVTT that says when each is shown, for preview while seeking.</param>
/// <param name="Vertical">Crops the middle of the picture to 9:16; every frame is encoded again.</param>
public sealed record ClipForm(CutMode Mode = CutMode.Smart, bool Hls = false, bool Sprite = false, bool Vertical = false)
{
    /// <summary>A smart cut with a poster and nothing else.</summary>
    public static readonly ClipForm Default = new();
}

/// <summary>One clip to be cut.</summary>
/// <param name="Range">Frames shown in it become the clip.</param>
/// <param name="PosterAt">The instant of the poster.</param>
/// <param name="Path">The MP4 to write. Everything else is put beside it under the same name with other endings.</param>
/// <param name="Form">What is made.</param>
public sealed record ClipOrder(TimeRange Range, MediaTime PosterAt, string Path, ClipForm Form);
