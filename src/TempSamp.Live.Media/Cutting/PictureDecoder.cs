using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Decodes packets of one video track to the frames that are shown in a range, one after the other in the order they are shown.</summary>
internal sealed unsafe class PictureDecoder : IDisposable
{
    private readonly CodecContextHandle _codec;
    private readonly PacketHandle _packet = PacketHandle.Alloc();
    private readonly FrameHandle _frame = FrameHandle.Alloc();
    private long _last = long.MinValue;

    /// <summary>Opens the decoder.</summary>
    /// <param name="format">The track.</param>
    /// <param name="maxPixels">Larger pictures are refused before their memory is taken.</param>
    /// <param name="threads">Threads; 0 for one a core.</param>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public PictureDecoder(TrackFormat format, long maxPixels, int threads = 1)
    {
        using var parameters = CodecParametersHandle.From(format);
        _codec = CodecContextHandle.OpenDecoder(parameters.Pointer, new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond }, context =>
        {
            context->max_pixels = maxPixels;
            context->thread_count = threads;
        });
    }

    /// <summary>Packets and frames that were not what their encoder wrote.</summary>
    public int Damaged { get; private set; }

    /// <summary>
    /// Decodes packets, given in decoding order, and shows the frames of a range. The frame belongs to the decoder: it is overwritten by the next.
    /// Stops early when every frame of the range has been seen.
    /// </summary>
    /// <returns>When the first frame after the range is shown; null when none came.</returns>
    public MediaTime? Decode(IEnumerable<MediaPacket> packets, TimeRange range, Action<FrameHandle, MediaTime> show, CancellationToken cancel)
    {
        foreach (var packet in packets)
        {
            cancel.ThrowIfCancellationRequested();
            Send(packet);
            if (Receive(range, show) is { } next) return next;
        }

        _ = ffmpeg.avcodec_send_packet(_codec.Pointer, null);
        return Receive(range, show);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _frame.Dispose();
        _packet.Dispose();
        _codec.Dispose();
    }

    private void Send(MediaPacket packet)
    {
        _packet.Clear();
        FFmpegException.Check(ffmpeg.av_new_packet(_packet.Pointer, packet.Data.Length), "av_new_packet", $"{packet.Data.Length} bytes");
        packet.Data.Span.CopyTo(new Span<byte>(_packet.Pointer->data, packet.Data.Length));
        (_packet.Pointer->pts, _packet.Pointer->dts, _packet.Pointer->duration) = (packet.Pts.Ticks, packet.Dts.Ticks, packet.Duration.Ticks);
        if (packet.IsHidden) _packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_DISCARD; // its frame does not come out
        if (packet.IsKey) _packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_KEY;
        if (ffmpeg.avcodec_send_packet(_codec.Pointer, _packet.Pointer) < 0) Damaged++;
    }

    // The time of a frame after the range when one came: frames come in the order they are shown.
    private MediaTime? Receive(TimeRange range, Action<FrameHandle, MediaTime> show)
    {
        while (true)
        {
            var result = ffmpeg.avcodec_receive_frame(_codec.Pointer, _frame.Pointer);
            if (result == ffmpeg.AVERROR(ffmpeg.EAGAIN) || result == ffmpeg.AVERROR_EOF) return null;
            if (result < 0)
            {
                Damaged++;
                continue;
            }

            var at = TimeOf(_frame.Pointer);
            if (at >= range.End) return at;
            if (at < range.Start) continue;
            if (_frame.Pointer->decode_error_flags != 0 || (_frame.Pointer->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0) Damaged++;
            show(_frame, at);
        }
    }

    // A frame's own time where the times rise; sources without presentation times (AVI) give those in decoding order, which libav's guess sorts out.
    private MediaTime TimeOf(AVFrame* frame)
    {
        var at = frame->pts != ffmpeg.AV_NOPTS_VALUE && frame->pts > _last ? frame->pts : frame->best_effort_timestamp;
        _last = Math.Max(at, _last == long.MinValue ? at : _last + 1);
        return new(_last);
    }
}
