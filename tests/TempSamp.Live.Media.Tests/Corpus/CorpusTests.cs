using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Every measured file of the shared media through the stream source, to its end: what the manifest says is what comes out.</summary>
public sealed class CorpusTests
{
    private const double Tick = 0.002; // manifest and containers round to milliseconds

    private static readonly IngestOptions s_options = TestStream.Local with { OpenTimeout = TimeSpan.FromSeconds(5), ReadTimeout = TimeSpan.FromSeconds(5) };

    public static TheoryData<string> Clean => Names(f => !f.IsPlaylist && f.IsClean);

    public static TheoryData<string> Odd => Names(f => !f.IsPlaylist && f.HasPictures && !f.IsClean);

    public static TheoryData<string> Refused => Names(f => !f.IsPlaylist && !f.HasPictures);

    public static TheoryData<string> Unmeasured => CorpusFile.Unmeasured.Count == 0 ? ["none"] : [.. CorpusFile.Unmeasured];

    public static TheoryData<string> Playlists => Names(f => f.IsPlaylist && !f.IsSnapshot && f.Opens);

    [Theory]
    [MemberData(nameof(Clean))]
    public async Task A_clean_file_comes_out_as_it_was_measured(string name)
    {
        var (file, read) = await ReadAsync(name);
        var video = Pictures(read);
        var times = video.Select(p => p.Pts.Seconds).Order().ToList();

        Assert.Equal(file.Picture, (read.Announced[0].Format.Codec, read.Announced[0].Format.Width, read.Announced[0].Format.Height));
        Assert.Equal((file.Packets, file.KeyFrames), (video.Count, video.Count(p => p.IsKey)));
        Assert.DoesNotContain(read.Notes, n => n.Kind is "gap" or "jump");
        AssertTimeline(read);
        if (file.Shown is not var (first, last)) return;
        Assert.Equal(last - first, times[^1] - times[0], Tick);
        Assert.InRange(times.Zip(times.Skip(1), (a, b) => b - a).DefaultIfEmpty(0).Max(), 0, (file.LongestStep ?? 0) + Tick);
        Assert.InRange(read.Frames.Count - (last - first) * 2, -Tick, 2 * (file.LongestStep ?? 0) + 1);
        Assert.Subset(file.Sounds.ToHashSet(), read.Announced.Where(a => a.Format.Kind == TrackKind.Audio).Select(a => a.Format.Codec).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task A_file_with_something_wrong_plays_on_and_says_where(string name)
    {
        var (file, read) = await ReadAsync(name);
        var video = Pictures(read);

        Assert.Equal(file.Packets, video.Count);
        Assert.NotEmpty(read.Frames);
        AssertTimeline(read);
        // A hole that the times show is made a gap by the session's timeline.
        if (file.LongestStep > 1 || file.GoesBack) Assert.True(read.LongestHole.Seconds > 1 || read.Notes.Exists(n => n.Kind is "gap" or "jump" or "corrupt"), "nothing says that something is missing");
        Assert.All(read.Notes, n => Assert.InRange(n.At.Seconds, -1, video.Max(p => p.Pts).Seconds + 1));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_without_a_picture_that_can_be_decoded_is_refused_or_played_empty(string name)
    {
        try
        {
            var (_, read) = await ReadAsync(name);
            Assert.Empty(read.Frames);
            Assert.Contains(read.Notes, n => n.Kind == "corrupt");
        }
        catch (StreamException refusal)
        {
            Assert.Contains(refusal.Reason, (string[])["damaged", "no-video", "invalid"]);
            Assert.Contains(Path.GetFileName(name), refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Playlists))]
    public async Task A_playlist_plays_to_its_end(string name)
    {
        try
        {
            var (_, read) = await ReadAsync(name);
            Assert.NotEmpty(read.Frames);
            AssertTimeline(read);
        }
        catch (StreamException refusal)
        {
            Assert.Contains(refusal.Reason, (string[])["no-video", "invalid", "damaged"]); // sound or subtitles alone, key frames for trick play
        }
    }

    [Theory]
    [MemberData(nameof(Unmeasured))]
    public async Task Anything_else_is_played_or_refused(string name)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        try
        {
            AssertTimeline(await Recording.OfAsync(Path.Combine(SharedData.Media!, name), s_options));
        }
        catch (StreamException refusal)
        {
            Assert.Contains(Path.GetFileName(name), refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_measured_file_is_in_one_of_these_lists()
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        var left = CorpusFile.All.Where(f => f.IsPlaylist ? !f.IsSnapshot && f.Opens : true).Select(f => f.Name).Except(Rows(Clean)).Except(Rows(Odd)).Except(Rows(Refused)).Except(Rows(Playlists));

        Assert.Empty(left);
        Assert.InRange(CorpusFile.All.Count(f => f.IsClean), CorpusFile.All.Count / 3, CorpusFile.All.Count);
    }

    // Decoding times never fall within a track, slots of the grid follow each other, and the first picture that is shown is at zero.
    private static void AssertTimeline(Recording read)
    {
        foreach (var track in read.Packets.GroupBy(p => p.Track))
            Assert.All(track.Zip(track.Skip(1)), pair => Assert.True(pair.First.Dts <= pair.Second.Dts, $"{pair.First.Dts} then {pair.Second.Dts}"));
        Assert.Equal(Enumerable.Range(0, read.Frames.Count), read.Frames.Select(f => (int)f.Slot));
        Assert.Contains(Pictures(read), p => p.Pts == MediaTime.Zero);
    }

    private static List<MediaPacket> Pictures(Recording read)
    {
        var video = read.Announced.First(a => a.Format.Kind == TrackKind.Video).Format.Index;
        return [.. read.Packets.Where(p => p.Track == video)];
    }

    private static async Task<(CorpusFile File, Recording Read)> ReadAsync(string name)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        var file = CorpusFile.Of(name);
        return (file, await Recording.OfAsync(file.Path, s_options));
    }

    private static TheoryData<string> Names(Func<CorpusFile, bool> which) =>
        CorpusFile.All.Count == 0 ? ["none"] : [.. CorpusFile.All.Where(which).Select(f => f.Name)];

    private static IEnumerable<string> Rows(TheoryData<string> data) => data.Select(row => row.Data);
}
