using System.Globalization;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What an encoder is asked for.</summary>
/// <param name="Codec">libav's name of the encoder, such as <c>libx264</c> or <c>h264_nvenc</c>.</param>
/// <param name="Quality">Constant quality: 0 lossless, 18 hardly to be told apart, 51 worst.</param>
/// <param name="Preset">The encoder's trade of time for size.</param>
/// <param name="KeyFrameEvery">Frames from one key frame to the next; 0 for one at the start only.</param>
/// <param name="BFrames">Most frames in a row that are predicted from both sides.</param>
/// <param name="Threads">Threads; 0 for one a core.</param>
/// <param name="ParameterSetId">Id of its parameter sets; only libx264 can have another than 0.</param>
/// <param name="SmallestBlock">Side of libx265's smallest coding block in pixels.</param>
internal sealed record VideoEncoding(string Codec, int Quality, string Preset, int KeyFrameEvery, int BFrames, int Threads, int ParameterSetId = 0, int SmallestBlock = 8);

/// <summary>Encodes pictures on the session's timeline as H.264, or HEVC where they stand beside such. Colours, pixel aspect and interlacing are taken from the first picture.</summary>
internal sealed unsafe class VideoEncoder : IDisposable
{
    /// <summary>The encoder in software, which this FFmpeg always has.</summary>
    public const string Software = "libx264";

    /// <summary>The encoder of HEVC in software, which this FFmpeg may have.</summary>
    public const string SoftwareHevc = "libx265";

    // One closed group; no entry points in slice headers; no messages of its own, in the stream or on the console.
    private const string OneSliceWithoutExtras = "keyint=-1:scenecut=0:open-gop=0:slices=1:wpp=0:frame-threads=1:info=0:repeat-headers=0:aud=0:hrd=0:log-level=none";

    private readonly VideoEncoding _encoding;
    private readonly CodecContextHandle _encoder;
    private readonly PacketHandle _packet = PacketHandle.Alloc();

    private VideoEncoder(VideoEncoding encoding, CodecContextHandle encoder) => (_encoding, _encoder) = (encoding, encoder);

    /// <summary>Opens the encoder for pictures like this one.</summary>
    /// <param name="encoding">What is asked for.</param>
    /// <param name="first">The first picture: 8-bit 4:2:0 with even sides.</param>
    /// <param name="framesPerSecond">Nominal rate.</param>
    /// <exception cref="FFmpegException">The encoder is not there, or its hardware is not, or it refuses the pictures.</exception>
    public static VideoEncoder Open(VideoEncoding encoding, FrameHandle first, double framesPerSecond)
    {
        var encoder = CodecContextHandle.OpenEncoder(encoding.Codec, context => SetUp(context, encoding, first.Pointer, framesPerSecond), Options(encoding));
        return new VideoEncoder(encoding, encoder);
    }

    /// <summary>Parameter sets behind start codes.</summary>
    public byte[] Headers => new ReadOnlySpan<byte>(_encoder.Pointer->extradata, _encoder.Pointer->extradata_size).ToArray();

    /// <summary>The encoder's own description of what it makes.</summary>
    public (int Profile, int Level) Level => (_encoder.Pointer->profile, _encoder.Pointer->level);

    /// <summary>Encodes a picture and adds what is ready to a list, units behind start codes, in decoding order.</summary>
    public void Encode(FrameHandle picture, MediaTime at, List<CodedPicture> into)
    {
        var frame = picture.Pointer;
        (frame->pts, frame->pict_type) = (at.Ticks, AVPictureType.AV_PICTURE_TYPE_NONE);
        frame->flags &= ~ffmpeg.AV_FRAME_FLAG_KEY;
        Send(frame, into);
    }

    /// <summary>Adds the pictures that the encoder has held back.</summary>
    public void Finish(List<CodedPicture> into) => Send(null, into);

    /// <inheritdoc/>
    public void Dispose()
    {
        _packet.Dispose();
        _encoder.Dispose();
    }

    private void Send(AVFrame* frame, List<CodedPicture> into)
    {
        FFmpegException.Check(ffmpeg.avcodec_send_frame(_encoder.Pointer, frame), "avcodec_send_frame", _encoding.Codec);
        while (true)
        {
            var result = ffmpeg.avcodec_receive_packet(_encoder.Pointer, _packet.Pointer);
            if (result == ffmpeg.AVERROR(ffmpeg.EAGAIN) || result == ffmpeg.AVERROR_EOF) return;
            FFmpegException.Check(result, "avcodec_receive_packet", _encoding.Codec);
            into.Add(new(new(_packet.Pointer->pts), (_packet.Pointer->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0, _packet.Data.ToArray()));
        }
    }

    private static void SetUp(AVCodecContext* context, VideoEncoding encoding, AVFrame* first, double framesPerSecond)
    {
        (context->width, context->height, context->pix_fmt) = (first->width, first->height, AVPixelFormat.AV_PIX_FMT_YUV420P);
        context->time_base = new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond };
        context->framerate = ffmpeg.av_d2q(framesPerSecond, 1001_000);
        context->sample_aspect_ratio = first->sample_aspect_ratio;
        (context->color_range, context->colorspace) = (first->color_range, first->colorspace);
        (context->color_primaries, context->color_trc) = (first->color_primaries, first->color_trc);
        context->chroma_sample_location = first->chroma_location;
        context->gop_size = encoding.KeyFrameEvery > 0 ? encoding.KeyFrameEvery : int.MaxValue;
        context->max_b_frames = encoding.BFrames;
        context->thread_count = encoding.Threads;
        context->flags |= ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER | unchecked((int)ffmpeg.AV_CODEC_FLAG_CLOSED_GOP);
        if ((first->flags & ffmpeg.AV_FRAME_FLAG_INTERLACED) != 0) context->flags |= ffmpeg.AV_CODEC_FLAG_INTERLACED_DCT | ffmpeg.AV_CODEC_FLAG_INTERLACED_ME;
    }

    private static IEnumerable<KeyValuePair<string, string>> Options(VideoEncoding encoding)
    {
        var quality = encoding.Quality.ToString(CultureInfo.InvariantCulture);
        if (encoding.Codec == SoftwareHevc) return [new("preset", encoding.Preset), new("crf", quality), new("x265-params", $"{OneSliceWithoutExtras}:min-cu-size={encoding.SmallestBlock.ToString(CultureInfo.InvariantCulture)}")];
        if (encoding.Codec != Software) return [new("preset", encoding.Preset), new("rc", "vbr"), new("cq", quality)];
        var scenes = encoding.KeyFrameEvery > 0 ? "" : ":scenecut=0";
        return [new("preset", encoding.Preset), new("crf", quality), new("x264-params", $"sps-id={encoding.ParameterSetId}{scenes}")];
    }
}
