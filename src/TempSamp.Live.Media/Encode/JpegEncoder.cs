using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Encodes single pictures as JPEG: the posters of clips.</summary>
public static unsafe class JpegEncoder
{
    private const string Codec = "mjpeg";

    /// <summary>A picture as a JPEG file's bytes.</summary>
    /// <param name="rgb24">Row-major RGB24, <c>height * width * 3</c> bytes.</param>
    /// <param name="width">Pixels; even.</param>
    /// <param name="height">Pixels; even.</param>
    /// <param name="quantizer">2 best to 31 worst.</param>
    /// <exception cref="FFmpegException">The encoder refuses the picture.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> rgb24, int width, int height, int quantizer = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quantizer, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantizer, 31);
        using var converter = new RgbConverter(width, height, ffmpeg.SWS_CS_ITU601, fullRange: true);
        using var encoder = CodecContextHandle.OpenEncoder(Codec, context =>
        {
            (context->width, context->height) = (width, height);
            context->pix_fmt = AVPixelFormat.AV_PIX_FMT_YUV420P;
            context->color_range = AVColorRange.AVCOL_RANGE_JPEG;
            context->time_base = new AVRational { num = 1, den = 1 };
            context->thread_count = 1;
            context->flags |= ffmpeg.AV_CODEC_FLAG_QSCALE | ffmpeg.AV_CODEC_FLAG_BITEXACT;
            context->global_quality = quantizer * ffmpeg.FF_QP2LAMBDA;
        });
        using var packet = PacketHandle.Alloc();
        var frame = converter.Convert(rgb24);
        frame.Pointer->quality = quantizer * ffmpeg.FF_QP2LAMBDA;
        frame.Pointer->color_range = AVColorRange.AVCOL_RANGE_JPEG;
        FFmpegException.Check(ffmpeg.avcodec_send_frame(encoder.Pointer, frame.Pointer), "avcodec_send_frame", Codec);
        FFmpegException.Check(ffmpeg.avcodec_receive_packet(encoder.Pointer, packet.Pointer), "avcodec_receive_packet", Codec);
        return packet.Data.ToArray();
    }

    /// <summary>Writes a picture to a JPEG file, overwriting one that is there. Parameters as for <see cref="Encode"/>.</summary>
    public static void Save(string path, ReadOnlySpan<byte> rgb24, int width, int height, int quantizer = 3) =>
        File.WriteAllBytes(path, Encode(rgb24, width, height, quantizer));
}
