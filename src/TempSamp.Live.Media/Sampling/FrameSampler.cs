using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Decodes the video track and gives one frame for every half second of media time: slot k is the frame on screen at k / 2 s, which is the
/// last one with a presentation time not after it. No slot is ever missing: a frame stands until the next one, and the first also for the time before it.
/// </summary>
/// <remarks>
/// In <see cref="SamplingMode.Auto"/> packets wait undecoded until all that could be on screen at the next slot have come; then only the run from the last
/// clean start to that picture is decoded, without droppable pictures, and decoding stops when the picture has come out:
/// <code>
///   packets   I p b p b p b p I p b p b p ...      slot at the last b: the first run up to I is never decoded,
///                             I p   p b            nor the other b
/// </code>
/// Used from the thread that reads the stream; <see cref="Attend"/> from any.
/// </remarks>
internal sealed class FrameSampler : IDisposable
{
    private const long SlotTicks = MediaTime.TicksPerSecond / 2;
    private static readonly MediaTime s_patience = MediaTime.FromSeconds(1.5);

    private readonly int _width, _height;
    private readonly IngestOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<SampledFrame> _emit;
    private readonly FrameScaler _scaler;
    private readonly FramePool _pool;
    private readonly byte[] _rgb;
    private readonly HeldPackets _held = new();
    private readonly List<MediaTime> _inside = []; // presentation times of what the decoder was given and has not given back
    private VideoDecoder? _decoder;
    private CleanStart? _cleanStart;
    private FrameHandle _onScreen = FrameHandle.Alloc(), _next = FrameHandle.Alloc();
    private SamplingMode _mode;
    private volatile bool _attended = true;
    private bool _isScaled, _isRough, _isReached, _isHardwareDue;
    private MediaTime? _shownAt, _awaited;
    private MediaTime _end, _idleUntil = new(long.MinValue);
    private string? _note;
    private int _damagedBefore;
    private long _slot;

    /// <summary>Makes a sampler of one size of frames.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="options">Which pictures are decoded, by what, and how large they may be.</param>
    /// <param name="time">Stamps the frames.</param>
    /// <param name="emit">Takes each frame over, in order.</param>
    /// <param name="firstSlot">Slots before this one are left out.</param>
    public FrameSampler(int width, int height, IngestOptions options, TimeProvider time, Action<SampledFrame> emit, long firstSlot = 0)
    {
        (_width, _height, _options, _time, _emit, _slot) = (width, height, options, time, emit, firstSlot);
        _scaler = new FrameScaler(width, height);
        _pool = new FramePool(_scaler.Bytes);
        _rgb = new byte[_scaler.Bytes];
        _mode = Wanted;
    }

    /// <summary>Packets that could not be decoded.</summary>
    public int Damaged => _damagedBefore + (_decoder?.Damaged ?? 0);

    /// <summary>Packets given to the decoder.</summary>
    public int Decoded { get; private set; }

    /// <summary>What is worth knowing about the decoding, once; null mostly.</summary>
    public string? TakeNote() => Interlocked.Exchange(ref _note, null);

    /// <summary>Tells whether anybody looks at the frames; from the next key frame on, <see cref="SamplingMode.Auto"/> does with key frames while nobody does.</summary>
    public void Attend(bool isWatched) => _attended = isWatched;

    /// <summary>Starts decoding a track, or goes on with its new format; frames of the old one come out first.</summary>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode it.</exception>
    public void Start(TrackFormat format)
    {
        Drain();
        _cleanStart = new CleanStart(format);
        _decoder = new VideoDecoder(format, _options.MaxPixels, _options.HardwareDecoding);
        _isHardwareDue = _options.HardwareDecoding != HardwareDecoding.None;
    }

    /// <summary>Takes the next packet of the track.</summary>
    public void Push(MediaPacket packet)
    {
        if (_decoder is null) return;
        if (packet.IsKey && _mode != Wanted) Switch();
        if (_mode == SamplingMode.Auto)
        {
            _held.Add(packet, _cleanStart!.At(packet));
            DecodeNeeded();
        }
        else if (_mode == SamplingMode.KeyFrames)
        {
            if (_shownAt is not null) EmitBefore(packet.Dts);
            if (packet.IsKey && IsDue(packet.Pts)) DecodeAlone(packet);
        }
        else
        {
            Decode(packet, skipDroppable: _mode == SamplingMode.ReferenceFrames);
        }
    }

    /// <summary>Tells how far the stream is, as other tracks know: slots that no frame came for within 1.5 s show the last one.</summary>
    public void Reach(MediaTime now)
    {
        var until = now - s_patience;
        if (_decoder is null || SlotTime >= until) return;
        DecodeHeld();
        if (_shownAt is not null) EmitBefore(until);
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

    private SamplingMode Wanted => _options.Sampling == SamplingMode.Auto && !_attended ? SamplingMode.KeyFrames : _options.Sampling;

    private MediaTime SlotTime => new(_slot * SlotTicks);

    // A key frame follows: everything before it comes out first.
    private void Switch()
    {
        DecodeHeld();
        Empty();
        _decoder!.Restart();
        (_mode, _idleUntil) = (Wanted, new(long.MinValue));
    }

    private void DecodeNeeded()
    {
        while (true)
        {
            while (_awaited is { } answer)
            {
                if (!_held.TryTake(out var packet)) return;
                _isReached |= packet.Pts == answer;
                Decode(packet, skipDroppable: !_isReached);
            }

            if (!_held.HasAllUntil(SlotTime)) return;
            var (held, inside) = (_held.ShownAt(SlotTime), InsideAt(SlotTime));
            if (held is { } waits && !(waits < inside)) Await(waits, isInside: false);
            else if (inside is { } decoded) Await(decoded, isInside: true);
            else if (_shownAt is not null) EmitNext();
            else if (_held.First is { } first) Await(first, isInside: false);
            else return;
        }
    }

    private MediaTime? InsideAt(MediaTime at)
    {
        MediaTime? last = null;
        foreach (var pts in _inside)
            if (pts <= at && !(pts < last)) last = pts;
        return last;
    }

    private void Await(MediaTime answer, bool isInside)
    {
        if (!isInside) _held.DropBefore(answer);
        (_awaited, _isReached) = (answer, isInside);
    }

    private void DecodeHeld()
    {
        _awaited = null;
        while (_held.TryTake(out var packet)) Decode(packet, skipDroppable: false);
    }

    // What an idle stream costs must not depend on how often its encoder sends key frames.
    private bool IsDue(MediaTime pts)
    {
        if (_options.Sampling == SamplingMode.Auto && pts < _idleUntil) return false;
        _idleUntil = pts + MediaTime.From(_options.IdleInterval);
        return true;
    }

    // A key frame needs no other, and must not wait for one to come out. Nothing is predicted from it, so for nobody in particular it may be rough.
    private void DecodeAlone(MediaPacket packet)
    {
        _decoder!.SkipSmoothing = !_attended;
        Decode(packet, skipDroppable: false);
        Empty();
        _decoder.SkipSmoothing = false;
        _decoder.Restart();
    }

    private void Decode(MediaPacket packet, bool skipDroppable)
    {
        if (!skipDroppable || packet.Pts > _awaited) _inside.Add(packet.Pts);
        _decoder!.SkipDroppable = skipDroppable;
        _decoder.Send(packet);
        Decoded++;
        Receive();
    }

    private void Empty()
    {
        _decoder!.Send(null);
        Receive();
        _inside.Clear();
    }

    private void Drain()
    {
        if (_decoder is null) return;
        DecodeHeld();
        Empty();
        _damagedBefore = Damaged;
        _decoder.Dispose();
        _decoder = null;
    }

    private unsafe void Receive()
    {
        while (_decoder!.TryReceive(_next, out var pts))
        {
            if (_shownAt is not null) EmitBefore(pts);
            _inside.RemoveAll(inside => inside <= pts);
            (_onScreen, _next) = (_next, _onScreen);
            _next.Clear();
            (_shownAt, _isScaled) = (pts, false);
            _end = MediaTime.Max(_end, pts + new MediaTime(Math.Max(1, _onScreen.Pointer->duration)));
            if (_isHardwareDue) CheckHardware();
            if (_awaited is not { } answer || pts < answer) continue;
            if (SlotTime < pts || pts == answer) EmitNext();
            _awaited = null;
        }
    }

    private unsafe void CheckHardware()
    {
        _isHardwareDue = false;
        if (_onScreen.Pointer->hw_frames_ctx == null)
            _note = $"The video is decoded by the processor: {HardwareDevice.Refusal ?? "the GPU does not decode this format"}.";
    }

    // Emits the slots that come before a time, with the frame that is on screen.
    private void EmitBefore(MediaTime end)
    {
        while (SlotTime < end) EmitNext();
    }

    private void EmitNext()
    {
        var mayBeRough = _mode == SamplingMode.KeyFrames && !_attended;
        if (!_isScaled || (_isRough && !mayBeRough)) _scaler.ToRgb(_onScreen, _rgb, _isRough = mayBeRough);
        _isScaled = true;
        var pixels = _pool.Rent();
        _rgb.CopyTo(pixels, 0);
        _emit(new SampledFrame(_slot, SlotTime, _width, _height, pixels, _time.GetTimestamp()) { Release = _pool.Return });
        _slot++;
    }
}
