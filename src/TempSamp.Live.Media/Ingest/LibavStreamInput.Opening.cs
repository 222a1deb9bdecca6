using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <content>Reading up to the place that the stream is pumped from.</content>
internal sealed partial class LibavStreamInput
{
    private const int MostEarlyPackets = 4096;

    /// <summary>Reads up to the first video packet, whose presentation time starts at the place that it is pumped from.</summary>
    /// <remarks>Of a file, what lies before <paramref name="skipTo"/> is passed over, up to the next picture that decoding can start at.</remarks>
    public static LibavStreamInput Start(
        StreamPlan plan, StreamUrl url, FormatInput format, FlvPipe? published, Deadline deadline, IngestOptions options, TimeProvider time, MediaTime skipTo = default)
    {
        var input = new LibavStreamInput(plan, url, format, published, deadline, options, time);
        try
        {
            input.ReadToFirstVideo();
            if (url.Kind == StreamUrlKind.File && skipTo > MediaTime.Zero) input.PassOver(skipTo);
            return input;
        }
        catch
        {
            format.Dispose();
            throw;
        }
    }

    // What comes before the first picture that is shown has times before the place that the input is pumped from.
    private void ReadToFirstVideo()
    {
        var hasVideo = false;
        _behind = _input.Behind;
        while (_early.Count < MostEarlyPackets && TryRead(out var packet))
        {
            if (_early.Count == 0 && packet.Mark is { } mark) packet = packet with { Mark = mark with { IsBreak = false, Missing = TimeSpan.Zero } };   // its place is told when it is pumped
            _early.Enqueue(packet);
            _dates.Hear(packet.Mark);
            if (_input.Tracks[packet.Time.Track].Kind != TrackKind.Video) continue;
            if (!hasVideo || !packet.IsHidden) _first = packet.Time;
            hasVideo = true;
            if (packet.IsHidden) continue;
            Begin();
            while (Announce())
            {
            }

            return;
        }

        if (!hasVideo) throw new StreamException($"Stream {_plan.Id} at {_url} has no video that can be read. Check the source with 'tempsamp-live probe'.", "no-video");
        Begin();
    }

    private void PassOver(MediaTime until)
    {
        var clock = new SessionClock();
        clock.StartAt(_first);
        while (TryNext(out var packet))
        {
            while (Announce())
            {
            }

            ChangesFormat(packet);
            _dates.Hear(packet.Mark);
            var at = clock.Map(packet.Time);
            if (at.Pts < until || !packet.IsKey || _tracks[packet.Time.Track].Kind != TrackKind.Video) continue;
            _early.Clear();
            _early.Enqueue(packet);
            (_first, Skipped) = (packet.Time, at.Pts);
            Begin();
            return;
        }
    }

    private void Begin()
    {
        _startedTimestamp = _time.GetTimestamp();
        (StartedAt, ClockSource) = _dates.Next is { } date ? (date, PictureDates.Source) : (_time.GetUtcNow() - LateBy(_first) - _behind, WallClock.Arrival);
    }
}
