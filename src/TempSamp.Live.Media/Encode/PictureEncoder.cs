using System.Globalization;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Turns RGB24 pictures into the H.264 track of a file.</summary>
internal sealed unsafe class PictureEncoder : IDisposable
{
    private const string Codec = "libx264";

    private readonly TrackEncoder _encoder;
    private readonly RgbConverter _converter;
    private long _next;

    private PictureEncoder(TrackEncoder encoder, RgbConverter converter) => (_encoder, _converter) = (encoder, converter);

    /// <summary>Opens the encoder and adds its track to the container.</summary>
    public static PictureEncoder Open(VideoFileOptions options, MuxerHandle muxer)
    {
        var encoder = CodecContextHandle.OpenEncoder(
            Codec, context => SetUp(context, options, muxer.WantsGlobalHeader),
            new("preset", options.Preset), new("crf", options.Crf.ToString(CultureInfo.InvariantCulture)), new("x264-params", "scenecut=0"));
        return new PictureEncoder(
            new TrackEncoder(encoder, muxer, Codec),
            new RgbConverter(options.Width, options.Height, options.Colours == VideoColours.Bt709 ? ffmpeg.SWS_CS_ITU709 : ffmpeg.SWS_CS_ITU601, fullRange: false));
    }

    /// <summary>Encodes the next picture.</summary>
    public void Write(ReadOnlySpan<byte> rgb24)
    {
        var frame = _converter.Convert(rgb24);
        frame.Pointer->pts = _next++;
        frame.Pointer->duration = 1;
        _encoder.Encode(frame);
    }

    /// <summary>Writes the pictures that wait in the encoder.</summary>
    public void Finish() => _encoder.Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        _converter.Dispose();
        _encoder.Dispose();
    }

    private static void SetUp(AVCodecContext* context, VideoFileOptions options, bool globalHeader)
    {
        context->width = options.Width;
        context->height = options.Height;
        context->pix_fmt = AVPixelFormat.AV_PIX_FMT_YUV420P;
        context->framerate = new AVRational { num = options.FrameRate.Numerator, den = options.FrameRate.Denominator };
        context->time_base = ffmpeg.av_inv_q(context->framerate);
        context->sample_aspect_ratio = new AVRational { num = 1, den = 1 };
        context->gop_size = options.GopSize;
        context->max_b_frames = options.BFrames;
        context->thread_count = 1;
        context->flags |= ffmpeg.AV_CODEC_FLAG_BITEXACT | (globalHeader ? ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER : 0);
        context->color_range = AVColorRange.AVCOL_RANGE_MPEG;
        (context->colorspace, context->color_primaries, context->color_trc) = options.Colours == VideoColours.Bt709
            ? (AVColorSpace.AVCOL_SPC_BT709, AVColorPrimaries.AVCOL_PRI_BT709, AVColorTransferCharacteristic.AVCOL_TRC_BT709)
            : (AVColorSpace.AVCOL_SPC_SMPTE170M, AVColorPrimaries.AVCOL_PRI_SMPTE170M, AVColorTransferCharacteristic.AVCOL_TRC_SMPTE170M);
    }
}
