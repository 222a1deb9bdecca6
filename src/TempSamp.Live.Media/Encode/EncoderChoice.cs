using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Media;

/// <summary>Opens the encoders that the options name. Hardware that is not there is found out once and libx264 takes its place.</summary>
internal sealed partial class EncoderChoice(CutOptions options, ILogger log)
{
    private const string NvencPreset = "p4";
    private const double UsualRate = 25;

    private volatile bool _hardwareFailed;

    /// <summary>The encoder of whole clips.</summary>
    /// <param name="first">The first picture, in the shape that the encoder takes.</param>
    /// <param name="framesPerSecond">Nominal rate; 0 when unknown.</param>
    public VideoEncoder OpenWhole(FrameHandle first, double framesPerSecond)
    {
        var rate = RateOf(framesPerSecond);
        var keys = Math.Max(1, (int)Math.Round(options.KeyFrameEvery.TotalSeconds * rate));
        if (options.Encoder != VideoEncoder.Software && !_hardwareFailed)
        {
            try
            {
                return VideoEncoder.Open(new(options.Encoder, options.Quality, NvencPreset, keys, BFrames: 2, Threads: 1), first, rate);
            }
            catch (FFmpegException e)
            {
                _hardwareFailed = true;
                LogNoHardware(options.Encoder, e.Message);
            }
        }

        return VideoEncoder.Open(new(VideoEncoder.Software, options.Quality, options.Preset, keys, BFrames: 2, options.Threads), first, rate);
    }

    /// <summary>The encoder of the few frames of a smart cut: one closed GOP without reordering, under parameter sets of their own.</summary>
    public VideoEncoder OpenSeam(FrameHandle first, double framesPerSecond, int parameterSetId) => VideoEncoder.Open(
        new(VideoEncoder.Software, options.SeamQuality, options.SeamPreset, KeyFrameEvery: 0, BFrames: 0, options.Threads, parameterSetId), first, RateOf(framesPerSecond));

    /// <summary>The same for HEVC; the parameter sets have id 0.</summary>
    /// <param name="first">The first picture.</param>
    /// <param name="framesPerSecond">Nominal rate; 0 when unknown.</param>
    /// <param name="smallestBlock">Side of the smallest coding block of the pictures that they stand beside: then their coded sizes are the same.</param>
    /// <exception cref="FFmpegException">This FFmpeg has no libx265, or it refuses the pictures.</exception>
    public VideoEncoder OpenHevcSeam(FrameHandle first, double framesPerSecond, int smallestBlock) => VideoEncoder.Open(
        new(VideoEncoder.SoftwareHevc, options.SeamQuality, options.SeamPreset, KeyFrameEvery: 0, BFrames: 0, options.Threads, SmallestBlock: smallestBlock), first, RateOf(framesPerSecond));

    private static double RateOf(double framesPerSecond) => framesPerSecond is > 0 and <= 1000 ? framesPerSecond : UsualRate;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Encoder} cannot be used here, libx264 encodes instead: {Reason}")]
    private partial void LogNoHardware(string encoder, string reason);
}
