using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Collects the segments of a media playlist, line by line.</summary>
internal sealed class MediaListBuilder(PlaylistParser parser)
{
    private readonly List<HlsSegment> _segments = [];
    private readonly List<HlsMark> _marks = [];
    private readonly HlsKeys _keys = new(parser);
    private TimeSpan? _target, _duration;
    private (long Length, long? Offset)? _range;
    private (StreamUrl Url, long End)? _previousRange;
    private DateTimeOffset? _date;
    private HlsMap? _map;
    private long _sequence, _discontinuity;
    private int _discontinuities;
    private bool _isComplete, _isGap, _startsRun, _isFramesOnly;

    /// <summary>Takes a tag. Unknown ones, and those of low latency, are passed over: whole segments follow anyway.</summary>
    public void Tag(string name, string value)
    {
        switch (name)
        {
            case "#EXTINF": Duration(value); break;
            case "#EXT-X-TARGETDURATION": Target(value); break;
            case "#EXT-X-MEDIA-SEQUENCE": _sequence = FirstNumber(name, value); break;
            case "#EXT-X-DISCONTINUITY-SEQUENCE": _discontinuity = FirstNumber(name, value); break;
            case "#EXT-X-DISCONTINUITY": Discontinuity(); break;
            case "#EXT-X-BYTERANGE": _range = PlaylistText.Range(parser.Expand(value)) ?? throw parser.Fault($"byte range '{SecretText.Printable(value)}' is none"); break;
            case "#EXT-X-MAP": Map(value); break;
            case "#EXT-X-KEY": _keys.Take(value); break;
            case "#EXT-X-PROGRAM-DATE-TIME": Date(value); break;
            case "#EXT-X-GAP": _isGap = true; break;
            case "#EXT-X-ENDLIST": _isComplete = true; break;
            case "#EXT-X-PLAYLIST-TYPE": _isComplete |= value.Trim() == "VOD"; break; // such a list must not change, so nothing will come
            case "#EXT-X-I-FRAMES-ONLY": _isFramesOnly = true; break;
            case "#EXT-X-SKIP": Skip(value); break;
            case "#EXT-X-DATERANGE": DateRange(value); break;
            case "#EXT-X-CUE-OUT" or "#EXT-X-CUE-IN" or "#EXT-X-CUE" or "#EXT-OATCLS-SCTE35" or "#EXT-X-SCTE35": Cue(name, value); break;
        }
    }

    /// <summary>Takes an address: a segment with everything that stood before it.</summary>
    public void Entry(string reference)
    {
        if (_duration is not { } duration) throw parser.Fault($"address '{SecretText.Printable(reference)}' has no #EXTINF before it");
        if (_segments.Count >= PlaylistLimits.Segments) throw parser.Fault($"it has more than {PlaylistLimits.Segments} segments", "Name a playlist with fewer entries.");
        if (_sequence > long.MaxValue - _segments.Count - 1) throw parser.Fault("its sequence numbers are too large");
        var url = parser.Address(reference);
        _segments.Add(new HlsSegment(_sequence + _segments.Count, _discontinuity, url, RangeOf(url), duration, _keys.Current(), _map, _date, _isGap, [.. _marks]) { StartsRun = _startsRun });
        _date = _date + duration;
        (_duration, _range, _isGap, _startsRun) = (null, null, false, false);
        _marks.Clear();
    }

    /// <summary>The finished list.</summary>
    public MediaPlaylist Build()
    {
        if (_isFramesOnly) throw parser.Fault("it lists single frames only, for skimming", "Name the playlist of the whole stream.");
        if (_duration is not null) parser.Complain("the last #EXTINF has no address");
        var longest = _segments.Count == 0 ? TimeSpan.Zero : _segments.Max(s => s.Duration);
        if (_target is null) parser.Complain("it has no #EXT-X-TARGETDURATION");
        return new MediaPlaylist
        {
            Url = parser.Url,
            Complaints = parser.Complaints,
            TargetDuration = _target is { } target && target > TimeSpan.Zero ? target : longest,
            FirstSequence = _sequence,
            IsComplete = _isComplete,
            Segments = _segments,
        };
    }

    private void Duration(string value)
    {
        if (_duration is not null) parser.Complain("the #EXTINF before has no address");
        var comma = value.IndexOf(',', StringComparison.Ordinal);
        var number = comma < 0 ? value : value[..comma];
        _duration = PlaylistText.Seconds(number) ?? throw parser.Fault($"segment length '{SecretText.Printable(number)}' is no number of seconds up to {PlaylistLimits.Longest.TotalSeconds:0}");
    }

    private void Target(string value)
    {
        var target = PlaylistText.Seconds(value) ?? throw parser.Fault($"target duration '{SecretText.Printable(value)}' is no number of seconds up to {PlaylistLimits.Longest.TotalSeconds:0}");
        if (_target is not null) parser.Complain("the target duration is given twice");
        _target ??= target;
    }

    private long FirstNumber(string name, string value)
    {
        if (_segments.Count > 0) throw parser.Fault($"{name[1..]} stands behind the first segment");
        return PlaylistText.Whole(value) ?? throw parser.Fault($"{name[1..]} '{SecretText.Printable(value)}' is no whole number from 0 to 2^63 - 1");
    }

    private void Discontinuity()
    {
        if (++_discontinuities > PlaylistLimits.Discontinuities) throw parser.Fault($"it has more than {PlaylistLimits.Discontinuities} discontinuities");
        if (_discontinuity == long.MaxValue) throw parser.Fault("its discontinuity numbers are too large");
        _discontinuity++;
        (_startsRun, _date) = (true, null);
    }

    private void Date(string value)
    {
        if (PlaylistText.Date(value) is { } date) _date = date;
        else parser.Complain($"program date '{SecretText.Printable(value)}' is no date");
    }

    // Nobody asked for a list with segments left out. They still count.
    private void Skip(string value)
    {
        if (_segments.Count > 0) throw parser.Fault("segments are skipped behind the first segment");
        var skipped = PlaylistText.Whole(parser.Attributes(value)["SKIPPED-SEGMENTS"]) ?? 0;
        if (skipped > PlaylistLimits.Segments || _sequence > long.MaxValue - PlaylistLimits.Segments - skipped) throw parser.Fault("it skips too many segments");
        _sequence += skipped;
    }

    private void Map(string value)
    {
        var attributes = parser.Attributes(value);
        var url = parser.Address(attributes["URI"] ?? throw parser.Fault("the initialisation section has no URI"));
        ByteRange? range = null;
        if (attributes["BYTERANGE"] is { } text)
        {
            var (length, offset) = PlaylistText.Range(text) ?? throw parser.Fault($"byte range '{SecretText.Printable(text)}' is none");
            range = new ByteRange(offset ?? 0, length);
        }

        var map = new HlsMap(url, range, _keys.Current());
        _map = map == _map ? _map : map;
    }

    private ByteRange? RangeOf(StreamUrl url)
    {
        if (_range is not { } range) return null;
        var offset = range.Offset ?? (_previousRange is { } previous && previous.Url == url ? previous.End
            : throw parser.Fault("the byte range has no offset and continues no other of the same resource"));
        if (offset > long.MaxValue - range.Length) throw parser.Fault("the byte range is too far away");
        _previousRange = (url, offset + range.Length);
        return new ByteRange(offset, range.Length);
    }

    private void DateRange(string value)
    {
        var attributes = parser.Attributes(value);
        if (attributes["ID"] is not { Length: > 0 } id)
        {
            parser.Complain("a date range has no ID");
            return;
        }

        foreach (var name in (string[])["DURATION", "PLANNED-DURATION"])
            if (attributes[name] is { } length && PlaylistText.Seconds(length) is null) parser.Complain($"{name} '{SecretText.Printable(length)}' is no number of seconds");
        Mark(new HlsMark(id, $"date range {SecretText.Printable(string.Join(' ', attributes.All.Select(a => $"{a.Key}={a.Value}")))}"));
    }

    private void Cue(string name, string value) => Mark(new HlsMark(null, SecretText.Printable(value.Length == 0 ? name[1..] : $"{name[1..]} {value}")));

    private void Mark(HlsMark mark)
    {
        if (_marks.Count < PlaylistLimits.MarksPerSegment) _marks.Add(mark);
    }
}
