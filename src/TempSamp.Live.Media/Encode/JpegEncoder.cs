using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Encodes single pictures as JPEG: the posters and sprites of clips.</summary>
internal static unsafe class JpegEncoder
{
    private const string Codec = "mjpeg";

    /// <summary>A picture as a JPEG file's bytes.</summary>
    /// <param name="picture">4:2:0 with even sides, BT.601 with full range. Its quality is set.</param>
    /// <param name="quantizer">2 best to 31 worst.</param>
    /// <exception cref="FFmpegException">The encoder refuses the picture.</exception>
    public static byte[] Encode(FrameHandle picture, int quantizer = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quantizer, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantizer, 31);
        var frame = picture.Pointer;
        frame->quality = quantizer * ffmpeg.FF_QP2LAMBDA;
        frame->color_range = AVColorRange.AVCOL_RANGE_JPEG;
        using var encoder = CodecContextHandle.OpenEncoder(Codec, context =>
        {
            (context->width, context->height) = (frame->width, frame->height);
            context->pix_fmt = AVPixelFormat.AV_PIX_FMT_YUV420P;
            context->color_range = AVColorRange.AVCOL_RANGE_JPEG;
            context->time_base = new AVRational { num = 1, den = 1 };
            context->thread_count = 1;
            context->flags |= ffmpeg.AV_CODEC_FLAG_QSCALE | ffmpeg.AV_CODEC_FLAG_BITEXACT;
            context->global_quality = quantizer * ffmpeg.FF_QP2LAMBDA;
        });
        using var packet = PacketHandle.Alloc();
        FFmpegException.Check(ffmpeg.avcodec_send_frame(encoder.Pointer, frame), "avcodec_send_frame", Codec);
        FFmpegException.Check(ffmpeg.avcodec_receive_packet(encoder.Pointer, packet.Pointer), "avcodec_receive_packet", Codec);
        return packet.Data.ToArray();
    }

    /// <summary>Writes a picture to a JPEG file, overwriting one that is there. Parameters as for <see cref="Encode"/>.</summary>
    public static void Save(string path, FrameHandle picture, int quantizer = 3) => File.WriteAllBytes(path, Encode(picture, quantizer));
}
