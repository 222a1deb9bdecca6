using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// An HLS stream: chooses a variant, follows its playlist and those of its separate sound, and merges their packets by time. Breaks of the
/// source's times are passed on once, before the first packet behind them.
/// </summary>
internal sealed class HlsInput : FormatInput
{
    private const int MostVariantsTried = 3;
    private static readonly TimeSpan s_earlySound = TimeSpan.FromSeconds(1);

    private readonly List<HlsReader> _readers = [];
    private readonly List<TrackFormat> _tracks = [];
    private readonly Dictionary<(HlsReader, int), int> _trackOf = [];
    private readonly MediaPlaylist _list;
    private int _breaks;

    private HlsInput(MediaPlaylist list, long bandwidth) => (_list, BitRate) = (list, bandwidth);

    /// <summary>Opens a stream whose first playlist is at hand, and reads until its tracks are known.</summary>
    /// <remarks>Lists that an earlier input's <see cref="FormatInput.Bookmark"/> names go on behind what it read.</remarks>
    /// <exception cref="StreamException">A playlist is refused or cannot be had, or no segment can be read.</exception>
    public static HlsInput Open(string text, StreamUrl url, ResourceReader resources, IngestOptions options, Deadline deadline, string? bookmark = null)
    {
        var loader = new PlaylistLoader(resources, deadline);
        var (list, sound, bandwidth) = Choose(PlaylistParser.Parse(text, url, resources.Policy), loader, options);
        var input = new HlsInput(list, bandwidth);
        var places = HlsPlace.Read(bookmark);
        try
        {
            input._readers.Add(Follow(list, t => t.Kind == TrackKind.Video || sound.Count == 0, loader, resources, options, deadline, places));
            foreach (var rendition in sound) input._readers.Add(Follow(rendition, t => t.Kind == TrackKind.Audio, loader, resources, options, deadline, places));
            foreach (var reader in input._readers) reader.Peek();
            if (input._readers[0] is { Place: not null } first && first.Peek() is null) throw new StreamException($"Playlist {list.Url} has ended while it was not read.", "ended");
            input.DropEarlySound();
            input.AdoptTracks();
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Container => "hls";

    /// <inheritdoc/>
    public override TimeSpan? Duration => _list.IsComplete ? TimeSpan.FromTicks(_list.Segments.Sum(s => s.Duration.Ticks)) : null;

    /// <inheritdoc/>
    public override long BitRate { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <inheritdoc/>
    public override string? Bookmark => HlsPlace.Write(_readers.Select(reader => reader.Place).OfType<HlsPlace>());

    /// <inheritdoc/>
    public override TimeSpan? MissingBefore => _readers[0].MissingBefore;

    /// <inheritdoc/>
    public override TimeSpan Behind => _readers[0].Behind;

    /// <inheritdoc/>
    public override TimeSpan Patience => Timeout.InfiniteTimeSpan; // every wait of a feed has its own end

    /// <inheritdoc/>
    public override bool TryRead(out SourcePacket packet)
    {
        packet = default;
        if (Earliest() is not { } reader) return false;
        packet = reader.Peek()!.Value;
        var isBreak = reader.Breaks > _breaks;
        _breaks = Math.Max(_breaks, reader.Breaks);
        if (packet.Mark is { } mark && mark.IsBreak != isBreak) packet = packet with { Mark = mark with { IsBreak = isBreak, Missing = isBreak ? mark.Missing : TimeSpan.Zero } };
        else if (isBreak && packet.Mark is null) packet = packet with { Mark = new SourceMark(true, TimeSpan.Zero, []) };

        reader.Take();
        AdoptTracks();
        var track = _trackOf[(reader, packet.Time.Track)];
        packet = packet with { Time = packet.Time with { Track = track } };
        if (packet.NewFormat is { } format) packet = packet with { NewFormat = _tracks[track] = format with { Index = track } };
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }

    private static (MediaPlaylist List, IReadOnlyList<MediaPlaylist> Sound, long Bandwidth) Choose(HlsPlaylist playlist, PlaylistLoader loader, IngestOptions options)
    {
        if (playlist is MediaPlaylist media) return (media, [], 0);
        var master = (MasterPlaylist)playlist;
        StreamException? failure = null;
        foreach (var variant in VariantChoice.Order(master, options).DistinctBy(v => v.Url).Take(MostVariantsTried))
        {
            try
            {
                var list = loader.Load(variant.Url, master.Variables, options.OpenTimeout);
                var sound = VariantChoice.Sound(master, variant, options).Select(r => loader.Load(r.Url!, master.Variables, options.OpenTimeout)).ToList();
                return (list, sound, variant.Bandwidth);
            }
            catch (StreamException e) when (e.Reason is "refused" or "unreachable")
            {
                failure ??= e;
            }
        }

        throw failure!;
    }

    private static HlsReader Follow(MediaPlaylist list, Func<TrackFormat, bool> wants, PlaylistLoader loader, ResourceReader resources, IngestOptions options, Deadline deadline, IReadOnlyList<HlsPlace> places) =>
        new(new SegmentFeed(list, loader, new SegmentFetcher(resources, options, deadline), options, deadline, places.FirstOrDefault(place => place.IsIn(list))), wants, options, deadline);

    // Playlists of sound are cut elsewhere than those of pictures: what sounds long before the first picture is no part of the session.
    private void DropEarlySound()
    {
        if (_readers[0].Peek() is not { } picture) return;
        foreach (var reader in _readers.Skip(1))
            while (reader.Peek() is { } sound && reader.Breaks == _readers[0].Breaks && Seconds(sound.Time, picture.Time) < -s_earlySound.TotalSeconds) reader.Take();
    }

    private HlsReader? Earliest()
    {
        HlsReader? earliest = null;
        foreach (var reader in _readers)
        {
            if (reader.Peek() is not { } packet) continue;
            if (earliest is null || reader.Breaks < earliest.Breaks || (reader.Breaks == earliest.Breaks && Seconds(packet.Time, earliest.Peek()!.Value.Time) < 0)) earliest = reader;
        }

        return earliest;
    }

    private void AdoptTracks()
    {
        foreach (var reader in _readers)
            foreach (var track in reader.Tracks)
            {
                if (_trackOf.ContainsKey((reader, track.Index))) continue;
                _trackOf[(reader, track.Index)] = _tracks.Count;
                _tracks.Add(track with { Index = _tracks.Count });
            }
    }

    // How much later a is than b; times that wrap are compared the short way round.
    private static double Seconds(SourceTime a, SourceTime b)
    {
        static double At(SourceTime time) => (double)(time.Dts ?? time.Pts ?? 0) * time.Num / time.Den;
        var difference = At(a) - At(b);
        if (a.WrapBits is <= 0 or >= 63 && b.WrapBits is <= 0 or >= 63) return difference;
        var unit = a.WrapBits is > 0 and < 63 ? a : b;
        return Math.IEEERemainder(difference, Math.Pow(2, unit.WrapBits) * unit.Num / unit.Den);
    }
}
