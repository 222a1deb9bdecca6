namespace TempSamp.Live.Core;

/// <summary>
/// Keeps the numbers of a session's tracks when another input or worker goes on with it: containers number tracks by their first packets, which come in any
/// order. The first video track stays the first video track.
/// </summary>
public sealed class TrackNumbers
{
    private readonly Dictionary<int, int> _numbers = [];
    private readonly List<TrackFormat> _tracks = [];

    /// <summary>The session's tracks as they are now.</summary>
    public IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <summary>Another reader begins: its numbers mean nothing yet.</summary>
    public void Restart() => _numbers.Clear();

    /// <summary>A reader announces a track; gives it with its number in the session.</summary>
    public TrackFormat Announce(TrackFormat track)
    {
        if (!_numbers.TryGetValue(track.Index, out var number))
        {
            number = _tracks.FindIndex(known => known.Kind == track.Kind && !_numbers.ContainsValue(known.Index));
            if (number < 0) number = _tracks.Count;
            _numbers[track.Index] = number;
        }

        var renumbered = track with { Index = number };
        if (number == _tracks.Count) _tracks.Add(renumbered);
        else _tracks[number] = renumbered;
        return renumbered;
    }

    /// <summary>A reader's packet with its track's number in the session.</summary>
    public MediaPacket Of(MediaPacket packet) => _numbers[packet.Track] is var number && number == packet.Track ? packet : packet with { Track = number };
}
