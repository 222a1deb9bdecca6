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
    private readonly PacketMerge _merge = new();
    private readonly List<TrackFormat> _tracks = [];
    private readonly Dictionary<(HlsReader, int), int> _trackOf = [];
    private readonly MediaPlaylist _list;

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
            foreach (var reader in input._readers) input._merge.Add(reader);
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
        if (_merge.Next() is not var (reader, isBreak)) return false;
        packet = reader.Peek()!.Value;
        packet = packet with { Mark = Merged(packet.Mark, reader, isBreak) };
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
            while (reader.Peek() is { } sound && reader.Breaks == _readers[0].Breaks && PacketMerge.Seconds(sound.Time, picture.Time) < -s_earlySound.TotalSeconds) reader.Take();
    }

    // A break is told once, before whichever packet comes first behind it. Dates are those of the pictures: other lists are cut elsewhere.
    private SourceMark? Merged(SourceMark? mark, HlsReader reader, bool isBreak)
    {
        var pictures = _readers[0];
        var date = reader == pictures ? mark?.Date : isBreak ? pictures.Peek()?.Mark?.Date : null;
        if (mark is null) return isBreak ? new SourceMark(true, TimeSpan.Zero, []) { Date = date } : null;
        return mark with { IsBreak = isBreak, Missing = isBreak || !mark.IsBreak ? mark.Missing : TimeSpan.Zero, Date = date };
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
}
