using System.Globalization;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>What a playlist's dates are told of, and what they say where the source's times start anew.</summary>
public sealed class HlsDatesTests : IDisposable
{
    private const int Seconds = 4;

    private static readonly DateTimeOffset s_noon = new(2025, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_frame = TimeSpan.FromSeconds(1.0 / TestStream.Rate), s_exact = TimeSpan.FromMilliseconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-dates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(2, 0, 1)]
    [InlineData(0, 0.5, 1)]
    [InlineData(0, 0.5, 0.2)]
    public async Task Each_date_is_told_of_the_first_picture_of_its_segment_however_much_was_read_ahead(int bFrames, double picturesLate, double length)
    {
        Cut("a", bFrames, picturesLate, length);   // sound in packets of many frames, whose places in the bytes nobody knows, and first of all where pictures are late
        Write("x.m3u8", [.. Enumerable.Range(0, (int)(Seconds / length)).Select(i => Dated($"a{i}.ts", i * length))]);

        var read = await ReadAsync();

        Assert.Equal(Enumerable.Range(0, (int)(Seconds / length)).Select(i => s_noon.AddSeconds(i * length)), read.Dates.Select(told => told.Utc), (a, b) => (a - b).Duration() < s_exact);
        Assert.All(read.Dates, told => Assert.Contains(read.Packets, picture => picture.Track == 0 && picture.IsKey && picture.Pts == told.At));
        AssertOnTheClock(read, s_exact);
    }

    [Theory]
    [InlineData(0, 0.3)]
    [InlineData(2, 0.3)]
    [InlineData(2, 4)]
    public async Task What_is_missing_at_breaks_is_what_the_dates_say_and_errors_do_not_add_up(int bFrames, double hole)
    {
        Cut("a", bFrames);
        Write("x.m3u8", [.. Enumerable.Range(0, 12).SelectMany(i => (string[])["#EXT-X-DISCONTINUITY", Dated("a0.ts", i * (2 + hole)), Dated("a1.ts", (i * (2 + hole)) + 1)])]);

        var read = await ReadAsync();

        Assert.Equal(24, read.Dates.Count);
        AssertOnTheClock(read, s_frame);
    }

    [Fact]
    public async Task Dates_that_overlap_put_nothing_before_the_end_and_the_next_hole_makes_up_for_it()
    {
        Cut("a", bFrames: 0);
        Write("x.m3u8", Dated("a0.ts", 0), "#EXT-X-DISCONTINUITY", Dated("a1.ts", 0.7), "#EXT-X-DISCONTINUITY", Dated("a2.ts", 1.5), "#EXT-X-DISCONTINUITY", Dated("a3.ts", 5));

        var read = await ReadAsync();

        Assert.Equal([0, 1, 2, 5], read.Dates.Select(told => told.At.Seconds), (a, b) => Math.Abs(a - b) < 0.1);
        Assert.InRange((read.Dates[^1].Utc - s_noon - read.Dates[^1].At.ToTimeSpan()).Duration(), TimeSpan.Zero, s_frame);
    }

    [Fact]
    public async Task A_live_list_whose_runs_are_not_numbered_breaks_only_where_it_says_so()
    {
        Cut("a", bFrames: 0);
        var loads = 0;
        await using var origin = new HlsOrigin(path => path == "/x.m3u8" ? OriginAnswer.Text(List(loads++)) : HlsOrigin.FileIn(_folder, path));

        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal(2, read.Notes.Count(note => note.Kind == "jump"));
        Assert.Equal(6, read.Packets.Where(packet => packet.Track == 0).Max(packet => (packet.Pts + packet.Duration).Seconds), 0.2);

        // Two of six segments have a tag before them; each leaves the list with its segment.
        static string List(int load) => $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{Math.Min(load, 3)}\n"
            + string.Concat(((string[])["#EXTINF:1,\na0.ts\n", "#EXTINF:1,\na1.ts\n", "#EXT-X-DISCONTINUITY\n#EXTINF:1,\na0.ts\n", "#EXTINF:1,\na1.ts\n", "#EXT-X-DISCONTINUITY\n#EXTINF:1,\na0.ts\n", "#EXTINF:1,\na1.ts\n"])[Math.Min(load, 3)..Math.Min(load + 3, 6)])
            + (load > 3 ? "#EXT-X-ENDLIST\n" : "");
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, 4)]
    public async Task A_list_that_says_when_and_not_how_much_leaves_what_is_missing_to_the_dates(bool isDated, int? missing)
    {
        Cut("a", bFrames: 0);
        var (text, date) = ("", isDated ? "#EXT-X-PROGRAM-DATE-TIME:2025-03-01T12:00:03Z\n" : "");
        await using var origin = new HlsOrigin(path => path == "/x.m3u8" ? OriginAnswer.Text(Volatile.Read(ref text)) : HlsOrigin.FileIn(_folder, path));
        using var source = new LibavStreamSource(Options.Create(TestStream.Local), TimeProvider.System);
        var plan = TestStream.Plan(origin.Url("x.m3u8"));
        Volatile.Write(ref text, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\na0.ts\n#EXT-X-ENDLIST\n");
        string? bookmark;
        await using (var first = await source.OpenAsync(plan, TestContext.Current.CancellationToken))
        {
            await new Recording().ReadAsync(first);
            bookmark = first.Bookmark;
        }

        // Segments 1 and 2, a second each, have left the list: by its target duration that would be four.
        Volatile.Write(ref text, $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:3\n{date}#EXTINF:1,\na3.ts\n#EXT-X-ENDLIST\n");
        await using var again = await source.OpenAgainAsync(plan, bookmark, TestContext.Current.CancellationToken);

        Assert.Equal(missing, again.MissingBefore?.TotalSeconds);
        Assert.Equal(isDated ? "program-date-time" : "arrival", again.ClockSource);
    }

    private async Task<Recording> ReadAsync()
    {
        await using var origin = HlsOrigin.Of(_folder);
        return await Recording.OfAsync(origin.Url("x.m3u8"));
    }

    private static void AssertOnTheClock(Recording read, TimeSpan within) =>
        Assert.All(read.Dates, told => Assert.InRange((told.Utc - s_noon - told.At.ToTimeSpan()).Duration(), TimeSpan.Zero, within));

    private static string Dated(string name, double seconds) => string.Create(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{s_noon.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ss.fffZ}\n#EXTINF:1,\n{name}");

    private void Write(string name, params IEnumerable<string> lines) =>
        File.WriteAllText(Path.Combine(_folder, name), $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{string.Join('\n', lines)}\n#EXT-X-ENDLIST\n");

    private void Cut(string name, int bFrames, double picturesLate = 0, double length = 1)
    {
        var source = TestStream.Make(_folder, $"{name}-source.mp4", Seconds, gop: (int)(length * TestStream.Rate), bFrames: bFrames);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-itsoffset", picturesLate.ToString(CultureInfo.InvariantCulture), "-i", source, "-map", "1:v", "-map", "0:a", "-c", "copy", "-f", "hls", "-hls_time", (length * 0.9).ToString(CultureInfo.InvariantCulture), "-hls_playlist_type", "vod", "-hls_segment_filename", Path.Combine(_folder, $"{name}%d.ts"), Path.Combine(_folder, $"{name}.m3u8"));
    }
}
