using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Holds what a worker sends against what a stream can be. A worker may have been taken over by what it reads; it must not reach further than its own stream.</summary>
internal sealed class StreamCheck(WindowProfile profile, IngestOptions options)
{
    private const int MostEpochs = 1 << 20, MostSamples = 768_000, MostChannels = 64;

    private static readonly long s_longest = MediaTime.FromSeconds(10 * 366 * 86_400.0).Ticks;

    private readonly List<TrackFormat> _tracks = [];
    private readonly Dictionary<int, (int Epoch, MediaTime Dts)> _last = [];
    private long _slot = -1;

    /// <summary>The tracks announced so far.</summary>
    public IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <summary>Takes an announced track.</summary>
    /// <exception cref="InvalidDataException">There can be no such track.</exception>
    public (TrackFormat Format, int Epoch) Track((TrackFormat Format, int Epoch) announced)
    {
        var (track, epoch) = announced;
        Require(track.Index >= 0 && track.Index <= _tracks.Count && track.Index < options.MaxStreams, $"a track cannot have number {track.Index}");
        Require(Enum.IsDefined(track.Kind) && track.Codec.Length > 0 && track.Codec.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), $"track {track.Index} is of no known kind");
        Require(track.Width >= 0 && track.Height >= 0 && (long)track.Width * track.Height <= options.MaxPixels, $"track {track.Index} has pictures of {track.Width}x{track.Height}");
        Require(track.SampleRate is >= 0 and <= MostSamples && track.Channels is >= 0 and <= MostChannels && track.FrameSize >= 0, $"track {track.Index} has sound of {track.SampleRate} Hz and {track.Channels} channels");
        Require(double.IsFinite(track.FrameRate) && track.FrameRate >= 0, $"track {track.Index} has {track.FrameRate} pictures a second");
        Require(epoch is >= 0 and < MostEpochs, $"epoch {epoch} is out of bounds");
        if (track.Index == _tracks.Count) _tracks.Add(track);
        else _tracks[track.Index] = track;
        return announced;
    }

    /// <summary>Takes a packet.</summary>
    public MediaPacket Packet(MediaPacket packet)
    {
        Require(packet.Track >= 0 && packet.Track < _tracks.Count, $"a packet belongs to track {packet.Track}, which was not announced");
        Require(packet.Epoch is >= 0 and < MostEpochs, $"epoch {packet.Epoch} is out of bounds");
        Require(IsPlace(packet.Pts) && IsPlace(packet.Dts) && packet.Duration.Ticks >= 0 && packet.Duration.Ticks <= s_longest, $"a packet lies at {packet.Pts}");
        if (_last.TryGetValue(packet.Track, out var last))
            Require(packet.Epoch > last.Epoch || packet.Dts >= last.Dts, $"a packet at {packet.Dts} comes after one at {last.Dts}");
        _last[packet.Track] = (packet.Epoch, packet.Dts);
        return packet;
    }

    /// <summary>Takes a frame; null when its place on the grid has been filled.</summary>
    public SampledFrame? Frame(SampledFrame frame, long now)
    {
        Require(frame.Width == profile.FrameWidth && frame.Height == profile.FrameHeight && frame.Rgb.Length == frame.Width * frame.Height * 3, $"a frame of {frame.Width}x{frame.Height} was not asked for");
        Require(frame.Slot >= 0 && IsPlace(frame.At), $"a frame lies at {frame.At}");
        if (frame.Slot <= _slot) return null;
        _slot = frame.Slot;
        Require(frame.DecodedAt <= now, $"a frame was decoded in the future");
        return frame;
    }

    private static bool IsPlace(MediaTime time) => time.Ticks > -s_longest && time.Ticks < s_longest;

    private static void Require(bool isSo, FormattableString otherwise)
    {
        if (!isSo) throw new InvalidDataException(FormattableString.Invariant(otherwise));
    }
}
