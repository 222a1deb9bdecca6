using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>A live list whose reading stopped, opened again: nothing is read twice, and what is missing is counted.</summary>
public sealed class HlsResumeTests : IDisposable
{
    private const int Seconds = 8;
    private const string List = "/x.m3u8";

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-resume-").FullName;
    private string _list = Text(0, 3);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_list_that_stood_still_goes_on_behind_what_was_read(bool inWorkers)
    {
        var source = TestStream.Make(_folder, "source.mp4", Seconds);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", "-hls_segment_filename", Path.Combine(_folder, "a%d.ts"), Path.Combine(_folder, "a.m3u8"));
        await using var origin = new HlsOrigin(path => path == List ? OriginAnswer.Text(Volatile.Read(ref _list)) : HlsOrigin.FileIn(_folder, path));
        using var threads = new LibavStreamSource(Options.Create(TestStream.Local), TimeProvider.System);
        IStreamSource opens = inWorkers ? new WorkerStreamSource(Options.Create(TestStream.Local), Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<WorkerStreamSource>.Instance) : threads;
        var plan = TestStream.Plan(origin.Url(List[1..]));
        var read = new Recording();

        var bookmark = await ReadUntilSilentAsync(opens, plan, read);

        Assert.Equal(90, Video(read).Count);   // also the last picture of the last segment

        await ReadOnAsync(opens, plan, bookmark, read, Text(1, 5), TimeSpan.Zero, end: 150);
        await ReadOnAsync(opens, plan, bookmark, read, Text(5, 8), TimeSpan.FromSeconds(2), end: 90 + 90);
        await ReadOnAsync(opens, plan, bookmark, read, Text(0, 3, "#EXT-X-DISCONTINUITY", 3, 5), null, end: 150);
        await ReadOnAsync(opens, plan, null, read, Text(0, 3), null, end: 90 + 90);   // who never read it begins as ever

        Volatile.Write(ref _list, Text(0, 3) + "#EXT-X-ENDLIST\n");
        Assert.Equal("ended", (await Assert.ThrowsAsync<StreamException>(() => opens.OpenAgainAsync(plan, bookmark, Cancel))).Reason);
    }

    [Fact]
    public void Places_are_written_and_read_and_nonsense_is_no_place()
    {
        HlsPlace[] places = [new("http://host/a b.m3u8", 5, 9, 1), new("http://host/sound.m3u8", 4, 8, 0)];

        Assert.Equal(places, HlsPlace.Read(HlsPlace.Write(places)));
        Assert.Empty(HlsPlace.Read("x 1 2 http://host/a.m3u8\n1 2\n\n-1 2 3 x"));
        Assert.Empty(HlsPlace.Read(null));
    }

    private static async Task<string?> ReadUntilSilentAsync(IStreamSource source, StreamPlan plan, Recording into)
    {
        await using var input = await source.OpenAsync(plan, Cancel);
        Assert.Null(input.MissingBefore);
        Assert.Equal("silent", (await Assert.ThrowsAsync<StreamException>(() => into.ReadAsync(input))).Reason);
        return input.Bookmark;
    }

    // Reads a list that has its end: how many pictures there are then, and whether the new ones lie right behind the hole.
    private async Task ReadOnAsync(IStreamSource source, StreamPlan plan, string? bookmark, Recording before, string list, TimeSpan? missing, int end)
    {
        Volatile.Write(ref _list, list + "#EXT-X-ENDLIST\n");
        await using var input = await source.OpenAgainAsync(plan, bookmark, Cancel);
        Assert.Equal(missing, input.MissingBefore);

        var place = new TimelinePlace(MediaTime.FromSeconds(3) + MediaTime.From(missing ?? TimeSpan.Zero), 1);
        var read = await new Recording().ReadAsync(input, place: place);

        Assert.Equal(end, Video(before).Count + Video(read).Count);
        Assert.Equal(place.At, Video(read).Min(p => p.Pts));
        Assert.All(Video(read), p => Assert.Equal(1, p.Epoch));
        Assert.DoesNotContain(read.Notes, note => note.Kind == "jump");
    }

    private static List<MediaPacket> Video(Recording recording) => [.. recording.Packets.Where(p => p.Track == 0)];

    private static string Text(int first, int end, string between = "", int then = 0, int last = 0) => string.Create(CultureInfo.InvariantCulture,
        $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n{Segments(first, end)}{between}\n{Segments(then, last)}");

    private static string Segments(int first, int end) => string.Concat(Enumerable.Range(first, end - first).Select(i => $"#EXTINF:1,\na{i}.ts\n"));
}
