namespace TempSamp.Live.Media;

/// <summary>
/// Which pictures of a stream are decoded for the 2 fps grid. Whatever the mode, slot k shows the last decoded picture with a presentation time
/// not after k / 2 s; the modes differ in which pictures are there to choose from.
/// </summary>
public enum SamplingMode
{
    /// <summary>
    /// The same frames as <see cref="Full"/>, with the least work: what no slot shows and nothing that a slot shows is predicted from stays
    /// encoded. While nobody looks at a stream, as <see cref="KeyFrames"/>, but one key frame in an <see cref="IngestOptions.IdleInterval"/>.
    /// </summary>
    Auto,

    /// <summary>Every picture.</summary>
    Full,

    /// <summary>
    /// Pictures that others are predicted from. Slots may show an earlier picture than in <see cref="Full"/>, by as many as the encoder puts between two
    /// reference pictures: one or two mostly. Bidirectional reference pictures are decoded too: without them later pictures come out wrong
    /// (56 of 91 did with x264's medium preset).
    /// </summary>
    ReferenceFrames,

    /// <summary>Key frames: a slot shows the last one before it.</summary>
    KeyFrames,
}

/// <summary>What decodes the video.</summary>
public enum HardwareDecoding
{
    /// <summary>The processor.</summary>
    None,

    /// <summary>NVDEC; the processor where there is no such GPU or it does not know the format, which is noted.</summary>
    Cuda,

    /// <summary>The best there is: today as <see cref="Cuda"/>.</summary>
    Auto,
}
