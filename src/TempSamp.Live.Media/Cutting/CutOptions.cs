using System.ComponentModel.DataAnnotations;

namespace TempSamp.Live.Media;

/// <summary>How clips are encoded where they cannot be copied, and checked. Section <c>Cut</c>.</summary>
public sealed record CutOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Cut";

    /// <summary>libav's name of the H.264 encoder for whole clips: <c>libx264</c>, or <c>h264_nvenc</c>, which falls back to libx264 where there is no such hardware. Default <c>libx264</c>.</summary>
    [AllowedValues("libx264", "h264_nvenc")]
    public string Encoder { get; init; } = VideoEncoder.Software;

    /// <summary>Quality of whole clips: 0 lossless, 18 hardly to be told apart from the source, 51 worst. Default 18.</summary>
    [Range(0, 51)]
    public int Quality { get; init; } = 18;

    /// <summary>libx264's trade of time for size for whole clips, <c>ultrafast</c> to <c>veryslow</c>. Default <c>veryfast</c>.</summary>
    [AllowedValues("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")]
    public string Preset { get; init; } = "veryfast";

    /// <summary>Quality of the few frames that a smart cut encodes, which stand beside copied ones. Default 16.</summary>
    [Range(0, 51)]
    public int SeamQuality { get; init; } = 16;

    /// <summary>libx264's trade of time for size for the frames of a smart cut. Default <c>superfast</c>.</summary>
    [AllowedValues("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")]
    public string SeamPreset { get; init; } = "superfast";

    /// <summary>
    /// Whether a smart cut of an HEVC stream copies it, so that its clips are HEVC too, which not every browser plays. Default true; false encodes them whole, as H.264.
    /// </summary>
    public bool SmartHevc { get; init; } = true;

    /// <summary>Threads of the encoder; 0 is one a core. Default 0; at most 64.</summary>
    [Range(0, 64)]
    public int Threads { get; init; }

    /// <summary>Longest run between key frames of whole clips. Default 2 s; 0.2 s to 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:00:20")]
    public TimeSpan KeyFrameEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether every frame of a smart cut is decoded once before the clip counts as sound, and not only those beside the encoded ones: finds damage that the
    /// source brought along, for about a tenth of what encoding the clip would cost. Default false; the <c>clip</c> verb always does.
    /// </summary>
    public bool CheckEveryFrame { get; init; }

    /// <summary>Shortest segment of a clip's HLS form; each begins on a key frame. Default 4 s; 1 s to 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:20")]
    public TimeSpan HlsSegment { get; init; } = TimeSpan.FromSeconds(4);
}
