using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A libav decoder that takes packets as they lie on the tape. What it refuses is counted and left out.</summary>
internal sealed unsafe class PacketDecoder : IDisposable
{
    private readonly CodecContextHandle _codec;
    private readonly PacketHandle _packet = PacketHandle.Alloc();

    /// <summary>Opens the decoder.</summary>
    /// <param name="format">The track.</param>
    /// <param name="setup">Sets what the use asks for.</param>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public PacketDecoder(TrackFormat format, CodecSetup setup)
    {
        using var parameters = CodecParametersHandle.From(format);
        _codec = CodecContextHandle.OpenDecoder(parameters.Pointer, new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond }, setup);
    }

    /// <summary>The decoder's settings.</summary>
    public AVCodecContext* Context => _codec.Pointer;

    /// <summary>Packets and frames that were not what their encoder wrote.</summary>
    public int Damaged { get; private set; }

    /// <summary>Gives it the next packet. All frames must have been received before.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="hides">Whether a hidden packet's frame does not come out.</param>
    public void Send(MediaPacket packet, bool hides = false)
    {
        _packet.Clear();
        FFmpegException.Check(ffmpeg.av_new_packet(_packet.Pointer, packet.Data.Length), "av_new_packet", $"{packet.Data.Length} bytes");
        packet.Data.Span.CopyTo(new Span<byte>(_packet.Pointer->data, packet.Data.Length));
        (_packet.Pointer->pts, _packet.Pointer->dts, _packet.Pointer->duration) = (packet.Pts.Ticks, packet.Dts.Ticks, packet.Duration.Ticks);
        if (packet.IsKey) _packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_KEY;
        if (hides && packet.IsHidden) _packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_DISCARD;
        if (ffmpeg.avcodec_send_packet(Context, _packet.Pointer) < 0) Damaged++;
    }

    /// <summary>Says that no more packets come: what it holds back comes out. Twice is an error that changes nothing.</summary>
    public void End() => _ = ffmpeg.avcodec_send_packet(Context, null);

    /// <summary>Takes the next frame in the order they are shown.</summary>
    /// <returns>False when it needs another packet, or has no more frames.</returns>
    public bool TryReceive(FrameHandle into)
    {
        while (true)
        {
            var result = ffmpeg.avcodec_receive_frame(Context, into.Pointer);
            if (result >= 0) return true;
            if (result == ffmpeg.AVERROR(ffmpeg.EAGAIN) || result == ffmpeg.AVERROR_EOF) return false;
            Damaged++;
        }
    }

    /// <summary>Counts a frame that came out with flaws.</summary>
    public void Blame() => Damaged++;

    /// <summary>Makes it ready for packets that need none of those before, also after the end was said.</summary>
    public void Restart() => ffmpeg.avcodec_flush_buffers(Context);

    /// <inheritdoc/>
    public void Dispose()
    {
        _packet.Dispose();
        _codec.Dispose();
    }
}
