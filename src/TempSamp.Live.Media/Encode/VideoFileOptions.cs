namespace TempSamp.Live.Media;

/// <summary>How a video file is encoded: H.264 and, with a sample rate, AAC. The same input and options give the same bytes.</summary>
public sealed record VideoFileOptions
{
    /// <summary>Pixels; even.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels; even.</summary>
    public required int Height { get; init; }

    /// <summary>Frames per second.</summary>
    public FrameRate FrameRate { get; init; } = new(25);

    /// <summary>x264's trade of time for size, from <c>ultrafast</c> to <c>veryslow</c>.</summary>
    public string Preset { get; init; } = "veryfast";

    /// <summary>x264's constant quality: 0 lossless, 18 visually lossless, 23 usual, 51 worst.</summary>
    public int Crf { get; init; } = 23;

    /// <summary>Frames from one key frame to the next. Key frames are nowhere else: a scene cut makes none.</summary>
    public int GopSize { get; init; } = 50;

    /// <summary>Frames between two reference frames that are predicted from both, 0 to 16.</summary>
    public int BFrames { get; init; }

    /// <summary>Matrix of the encoded picture, which is tagged with it.</summary>
    public VideoColours Colours { get; init; } = VideoColours.Bt709;

    /// <summary>Hertz of the sound; 0 makes a silent file without a sound track.</summary>
    public int SampleRate { get; init; } = 48_000;

    /// <summary>1 mono, 2 stereo.</summary>
    public int Channels { get; init; } = 2;

    /// <summary>Bits per second of the sound.</summary>
    public int AudioBitRate { get; init; } = 128_000;
}

/// <summary>Frames per second as a fraction, such as 30000/1001.</summary>
public readonly record struct FrameRate(int Numerator, int Denominator = 1)
{
    /// <summary>The rate as a number.</summary>
    public double Value => (double)Numerator / Denominator;
}

/// <summary>Colour matrix and primaries of a video; the range is always limited (16-235).</summary>
public enum VideoColours
{
    /// <summary>High definition.</summary>
    Bt709,

    /// <summary>Standard definition.</summary>
    Bt601,
}
