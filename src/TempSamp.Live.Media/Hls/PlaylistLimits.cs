namespace TempSamp.Live.Media;

/// <summary>How much of a playlist is read. Far above what services send, far below what harms: a list past any of these is refused.</summary>
internal static class PlaylistLimits
{
    /// <summary>Bytes of one playlist: 24 hours of two-second segments with long names.</summary>
    public const int Bytes = 8_000_000;

    /// <summary>Lines of one playlist, blank ones included.</summary>
    public const int Lines = 250_000;

    /// <summary>Characters of one line. Signed addresses stay below 4000.</summary>
    public const int LineLength = 16_384;

    /// <summary>Segments of one playlist: 27 hours of two-second segments.</summary>
    public const int Segments = 50_000;

    /// <summary>Key tags of one playlist.</summary>
    public const int Keys = 10_000;

    /// <summary>Discontinuity tags of one playlist.</summary>
    public const int Discontinuities = 10_000;

    /// <summary>Variants, and renditions, of one master playlist.</summary>
    public const int Variants = 500;

    /// <summary>Variables of one playlist.</summary>
    public const int Variables = 100;

    /// <summary>Attributes of one tag.</summary>
    public const int Attributes = 64;

    /// <summary>Marks (cues, date ranges) that are kept of one segment; further ones are left out.</summary>
    public const int MarksPerSegment = 16;

    /// <summary>Things to complain about that are kept of one playlist.</summary>
    public const int Complaints = 16;

    /// <summary>Longest segment and longest target duration.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Bytes of one segment or initialisation section: ten seconds at 100 Mbit/s.</summary>
    public const int SegmentBytes = 128_000_000;
}
