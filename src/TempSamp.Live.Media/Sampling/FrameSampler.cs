using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Decodes the video track and gives one frame for every half second of media time: slot k is the frame on screen at k / 2 s, which is the
/// last one with a presentation time not after it. No slot is ever missing: a frame stands until the next one, and the first also for the time before it.
/// </summary>
internal sealed class FrameSampler(int width, int height, long maxPixels, TimeProvider time, Action<SampledFrame> emit, long firstSlot = 0) : IDisposable
{
    private const long SlotTicks = MediaTime.TicksPerSecond / 2;
    private static readonly MediaTime s_patience = MediaTime.FromSeconds(1.5);

    private readonly FrameScaler _scaler = new(width, height);
    private VideoDecoder? _decoder;
    private FrameHandle _onScreen = FrameHandle.Alloc(), _next = FrameHandle.Alloc();
    private byte[]? _rgb;
    private MediaTime? _shownAt;
    private MediaTime _end;
    private long _slot = firstSlot;

    /// <summary>Packets that could not be decoded.</summary>
    public int Damaged { get; private set; }

    /// <summary>Starts decoding a track, or goes on with its new format; frames of the old one come out first.</summary>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode it.</exception>
    public void Start(TrackFormat format)
    {
        Drain();
        _decoder = new VideoDecoder(format, maxPixels);
    }

    /// <summary>Takes the next packet of the track.</summary>
    public void Push(MediaPacket packet)
    {
        if (_decoder is null) return;
        _decoder.Send(packet);
        Receive(packet.Duration);
    }

    /// <summary>Tells how far the stream is, as other tracks know: slots that no frame came for within 1.5 s show the last one.</summary>
    public void Reach(MediaTime now)
    {
        if (_shownAt is not null) EmitBefore(now - s_patience);
    }

    /// <summary>The stream ended: gives the slots up to the end of its last frame.</summary>
    public void Finish()
    {
        Drain();
        if (_shownAt is not null) EmitBefore(_end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder?.Dispose();
        _onScreen.Dispose();
        _next.Dispose();
        _scaler.Dispose();
    }

    private void Drain()
    {
        if (_decoder is null) return;
        _decoder.Send(null);
        Receive(MediaTime.Zero);
        Damaged += _decoder.Damaged;
        _decoder.Dispose();
        _decoder = null;
    }

    private void Receive(MediaTime duration)
    {
        while (_decoder!.TryReceive(_next, out var pts))
        {
            if (_shownAt is not null) EmitBefore(pts);
            (_onScreen, _next) = (_next, _onScreen);
            _next.Clear();
            (_shownAt, _rgb) = (pts, null);
            _end = MediaTime.Max(_end, pts + (duration > MediaTime.Zero ? duration : new MediaTime(1)));
        }
    }

    // Emits the slots that come before a time, with the frame that is on screen.
    private void EmitBefore(MediaTime end)
    {
        for (; _slot * SlotTicks < end.Ticks; _slot++)
        {
            _rgb ??= _scaler.ToRgb(_onScreen);
            emit(new SampledFrame(_slot, new MediaTime(_slot * SlotTicks), width, height, _rgb, time.GetTimestamp()));
        }
    }
}
