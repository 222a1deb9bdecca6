using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Decodes the packets of one video track on one thread or on a GPU. Damaged packets are counted and skipped.</summary>
internal sealed unsafe class VideoDecoder : IDisposable
{
    private readonly CodecContextHandle _codec;
    private readonly PacketHandle _packet = PacketHandle.Alloc();

    /// <summary>Opens the decoder.</summary>
    /// <param name="format">The track.</param>
    /// <param name="maxPixels">Larger pictures are refused before their memory is taken.</param>
    /// <param name="hardware">Whether a GPU may decode.</param>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public VideoDecoder(TrackFormat format, long maxPixels, HardwareDecoding hardware = HardwareDecoding.None)
    {
        using var parameters = CodecParametersHandle.From(format);
        _codec = CodecContextHandle.OpenDecoder(parameters.Pointer, new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond }, context =>
        {
            context->max_pixels = maxPixels;
            context->thread_count = 1; // frames in parallel cost a tenth more and one stream more or less is the same
            if (hardware != HardwareDecoding.None) HardwareDevice.Attach(context);
        });
    }

    /// <summary>Packets that the decoder refused.</summary>
    public int Damaged { get; private set; }

    /// <summary>Leaves out pictures that no other is predicted from, from the next packet on.</summary>
    public bool SkipDroppable
    {
        set => _codec.Pointer->skip_frame = value ? AVDiscard.AVDISCARD_NONREF : AVDiscard.AVDISCARD_DEFAULT;
    }

    /// <summary>Leaves the edges of blocks as they are, from the next packet on: a fifth cheaper, but pictures that are predicted from such ones drift away.</summary>
    public bool SkipSmoothing
    {
        set => _codec.Pointer->skip_loop_filter = value ? AVDiscard.AVDISCARD_ALL : AVDiscard.AVDISCARD_DEFAULT;
    }

    /// <summary>Gives the decoder the next packet, or null when there are no more. All frames must have been received before.</summary>
    public void Send(MediaPacket? packet)
    {
        if (packet is null)
        {
            _ = ffmpeg.avcodec_send_packet(_codec.Pointer, null); // twice is an error that changes nothing
            return;
        }

        _packet.Clear();
        FFmpegException.Check(ffmpeg.av_new_packet(_packet.Pointer, packet.Data.Length), "av_new_packet", $"{packet.Data.Length} bytes");
        packet.Data.Span.CopyTo(new Span<byte>(_packet.Pointer->data, packet.Data.Length));
        (_packet.Pointer->pts, _packet.Pointer->dts, _packet.Pointer->duration) = (packet.Pts.Ticks, packet.Dts.Ticks, packet.Duration.Ticks);
        if (packet.IsKey) _packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_KEY;
        if (ffmpeg.avcodec_send_packet(_codec.Pointer, _packet.Pointer) < 0) Damaged++;
    }

    /// <summary>Takes the next frame in presentation order.</summary>
    /// <returns>False when the decoder needs another packet, or has no more frames.</returns>
    public bool TryReceive(FrameHandle into, out MediaTime pts)
    {
        while (true)
        {
            var result = ffmpeg.avcodec_receive_frame(_codec.Pointer, into.Pointer);
            if (result >= 0 && into.Pointer->best_effort_timestamp != ffmpeg.AV_NOPTS_VALUE)
            {
                pts = new MediaTime(into.Pointer->best_effort_timestamp);
                return true;
            }

            pts = default;
            if (result == ffmpeg.AVERROR(ffmpeg.EAGAIN) || result == ffmpeg.AVERROR_EOF) return false;
            if (result < 0) Damaged++;
        }
    }

    /// <summary>Makes it ready for packets that need none of those before, also after the last one was announced.</summary>
    public void Restart() => ffmpeg.avcodec_flush_buffers(_codec.Pointer);

    /// <inheritdoc/>
    public void Dispose()
    {
        _packet.Dispose();
        _codec.Dispose();
    }
}
