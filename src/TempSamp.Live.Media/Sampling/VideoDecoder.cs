using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Decodes the packets of one video track as they come, on one thread or on a GPU. Damaged packets are counted and skipped.</summary>
internal sealed unsafe class VideoDecoder : IDisposable
{
    /// <summary>Pictures that are held back at most because of their times: one wrong time must not delay all frames for long.</summary>
    private const int DeepestOrder = 4;

    private readonly PacketDecoder _decoder;
    private readonly PictureOrder? _order;

    /// <summary>Opens the decoder.</summary>
    /// <param name="format">The track.</param>
    /// <param name="maxPixels">Larger pictures are refused before their memory is taken.</param>
    /// <param name="hardware">Whether a GPU may decode.</param>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public VideoDecoder(TrackFormat format, long maxPixels, HardwareDecoding hardware = HardwareDecoding.None)
    {
        _order = format.Codec == "h264" ? new() : null;
        _decoder = new PacketDecoder(format, context =>
        {
            context->max_pixels = maxPixels;
            context->thread_count = 1; // frames in parallel cost a tenth more and one stream more or less is the same
            if (hardware != HardwareDecoding.None) HardwareDevice.Attach(context);
        });
    }

    /// <summary>Packets that the decoder refused.</summary>
    public int Damaged => _decoder.Damaged;

    /// <summary>Leaves out pictures that no other is predicted from, from the next packet on.</summary>
    public bool SkipDroppable
    {
        set => _decoder.Context->skip_frame = value ? AVDiscard.AVDISCARD_NONREF : AVDiscard.AVDISCARD_DEFAULT;
    }

    /// <summary>Leaves the edges of blocks as they are, from the next packet on: a fifth cheaper, but pictures that are predicted from such ones drift away.</summary>
    public bool SkipSmoothing
    {
        set => _decoder.Context->skip_loop_filter = value ? AVDiscard.AVDISCARD_ALL : AVDiscard.AVDISCARD_DEFAULT;
    }

    /// <summary>Gives the decoder the next packet, or null when there are no more. All frames must have been received before.</summary>
    public void Send(MediaPacket? packet)
    {
        if (packet is null)
        {
            _decoder.End();
            return;
        }

        if (_order is { } order)
        {
            order.Add(packet.Pts);
            _decoder.Context->has_b_frames = Math.Max(_decoder.Context->has_b_frames, Math.Min(order.Depth, DeepestOrder));
        }

        _decoder.Send(packet);
    }

    /// <summary>Takes the next frame in presentation order.</summary>
    /// <returns>False when the decoder needs another packet, or has no more frames.</returns>
    public bool TryReceive(FrameHandle into, out MediaTime pts)
    {
        while (_decoder.TryReceive(into))
        {
            if (into.Pointer->best_effort_timestamp == ffmpeg.AV_NOPTS_VALUE) continue;
            pts = new MediaTime(into.Pointer->best_effort_timestamp);
            return true;
        }

        pts = default;
        return false;
    }

    /// <summary>Makes it ready for packets that need none of those before, also after the last one was announced.</summary>
    public void Restart() => _decoder.Restart();

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();
}
