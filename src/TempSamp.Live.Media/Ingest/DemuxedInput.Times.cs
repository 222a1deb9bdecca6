using System.Runtime.ExceptionServices;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Pictures that the container gives no presentation time get one before they leave.</summary>
internal sealed partial class DemuxedInput
{
    private PictureTimes? _times;
    private PictureNumbers? _numbers;
    private readonly Queue<SourcePacket> _before = new();
    private ExceptionDispatchInfo? _end;
    private bool _isAtEnd;

    private bool TryReadTimed(out SourcePacket packet)
    {
        while (true)
        {
            if (_times is not null && _times.TryTake(_isAtEnd, out packet)) return true;
            _end?.Throw();
            packet = default;
            if (_isAtEnd) return false;
            _isAtEnd = !TryReadOrEnd(out packet);
            if (!_isAtEnd && !Waits(packet)) return true;
        }
    }

    // What waits still leaves before the end is told, whatever it is.
    private bool TryReadOrEnd(out SourcePacket packet)
    {
        try
        {
            return TryReadNext(out packet);
        }
        catch (StreamException e) when (_times is not null)
        {
            _end = ExceptionDispatchInfo.Capture(e);
            packet = default;
            return false;
        }
    }

    // From the first picture without a time on; before that they are only remembered.
    private bool Waits(SourcePacket packet)
    {
        var track = _tracks[packet.Time.Track];
        if (track.Kind != TrackKind.Video) return false;
        if (_times is null && packet.Time.Pts is not null)
        {
            _before.Enqueue(packet);
            if (_before.Count > PictureTimes.Memory + 1) _before.Dequeue();
            return false;
        }

        if (_times is null || packet.NewFormat is not null)
        {
            using var old = _numbers;
            _numbers = PictureNumbers.Of(track, old);
        }

        if (_times is null && _numbers is null) return false;
        if (_times is null) Begin();
        _times!.Add(packet, NumberOf(packet));
        return true;
    }

    // Those before have left already; the others are counted on from them.
    private void Begin()
    {
        _times = new PictureTimes();
        while (_before.TryDequeue(out var past))
        {
            _times.Add(past, NumberOf(past));
            _times.TryTake(isLast: true, out _);
        }
    }

    private long NumberOf(SourcePacket picture) => _numbers?.Next(picture) ?? long.MaxValue;
}
