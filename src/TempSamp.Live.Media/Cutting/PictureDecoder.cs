using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Decodes packets of one video track to the frames that are shown in a range, one after the other in the order they are shown.</summary>
internal sealed unsafe class PictureDecoder : IDisposable
{
    /// <summary>AV_PROFILE_H264_BASELINE: knows no reordering.</summary>
    private const int Baseline = 66;

    /// <summary>Reordering of pictures whose own times do not show any: bare streams and AVI have those of decoding only.</summary>
    private const int UsualDepth = 2;

    private readonly TrackFormat _format;
    private readonly PacketDecoder _decoder;
    private readonly FrameHandle _frame = FrameHandle.Alloc();
    private long _last = long.MinValue;

    /// <summary>Opens the decoder.</summary>
    /// <param name="format">The track.</param>
    /// <param name="maxPixels">Larger pictures are refused before their memory is taken.</param>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public PictureDecoder(TrackFormat format, long maxPixels)
    {
        _format = format;
        _decoder = new PacketDecoder(format, context => (context->max_pixels, context->thread_count) = (maxPixels, 1));
    }

    /// <summary>Packets and frames that were not what their encoder wrote.</summary>
    public int Damaged => _decoder.Damaged;

    /// <summary>
    /// Decodes packets, given in decoding order, and shows the frames of a range. The frame belongs to the decoder: it is overwritten by the next.
    /// Stops early when every frame of the range has been seen.
    /// </summary>
    /// <returns>When the first frame after the range is shown; null when none came.</returns>
    public MediaTime? Decode(IEnumerable<MediaPacket> packets, TimeRange range, Action<FrameHandle, MediaTime> show, CancellationToken cancel)
    {
        var all = packets.ToList();
        HoldBack(PictureOrder.Of(all.Select(packet => packet.Pts)));
        foreach (var packet in all)
        {
            cancel.ThrowIfCancellationRequested();
            _decoder.Send(packet, hides: true);
            if (Receive(range, show) is { } next) return next;
        }

        _decoder.End();
        return Receive(range, show);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _frame.Dispose();
        _decoder.Dispose();
    }

    private void HoldBack(int depth)
    {
        if (_format.Codec != "h264") return;
        if (depth == 0 && (_format.Profile & byte.MaxValue) != Baseline) depth = UsualDepth;
        _decoder.Context->has_b_frames = Math.Max(_decoder.Context->has_b_frames, depth);
    }

    // The time of a frame after the range when one came: frames come in the order they are shown.
    private MediaTime? Receive(TimeRange range, Action<FrameHandle, MediaTime> show)
    {
        while (_decoder.TryReceive(_frame))
        {
            var at = TimeOf(_frame.Pointer);
            if (at >= range.End) return at;
            if (at < range.Start) continue;
            if (_frame.Pointer->decode_error_flags != 0 || (_frame.Pointer->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0) _decoder.Blame();
            show(_frame, at);
        }

        return null;
    }

    // A frame's own time where the times rise; sources without presentation times (AVI) give those in decoding order, which libav's guess sorts out.
    private MediaTime TimeOf(AVFrame* frame)
    {
        var at = frame->pts != ffmpeg.AV_NOPTS_VALUE && frame->pts > _last ? frame->pts : frame->best_effort_timestamp;
        _last = Math.Max(at, _last == long.MinValue ? at : _last + 1);
        return new(_last);
    }
}
