using System.Runtime.ExceptionServices;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Pictures that the container gives no presentation time get one before they leave.</summary>
internal sealed partial class DemuxedInput
{
    private PictureTimes? _times;
    private PictureNumbers? _numbers;
    private SourcePacket? _lastPicture;
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

    // From the first picture without a time on; before that nothing is looked at.
    private bool Waits(SourcePacket packet)
    {
        var track = _tracks[packet.Time.Track];
        if (track.Kind != TrackKind.Video) return false;
        var before = _lastPicture;
        _lastPicture = packet;
        if (_times is null && packet.Time.Pts is not null) return false;
        if (_times is null || packet.NewFormat is not null)
        {
            using var old = _numbers;
            _numbers = PictureNumbers.Of(track, old);
        }

        if (_times is null && _numbers is null) return false;
        if (_times is null) Begin(before);
        _times!.Add(packet, NumberOf(packet));
        return true;
    }

    // The picture before has left already; the others are counted on from it.
    private void Begin(SourcePacket? before)
    {
        _times = new PictureTimes();
        if (before is not { } last) return;
        _times.Add(last, NumberOf(last));
        _times.TryTake(isLast: true, out _);
    }

    private long NumberOf(SourcePacket picture) => _numbers?.Next(picture) ?? long.MaxValue;
}
