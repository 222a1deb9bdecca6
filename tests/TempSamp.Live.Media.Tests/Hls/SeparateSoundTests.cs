using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Sound in a playlist of its own, which breaks where that of the pictures does, or does not.</summary>
public sealed class SeparateSoundTests : IDisposable
{
    private const int Seconds = 12, Broken = 6, Later = 18;
    private const string Break = "#EXT-X-DISCONTINUITY";

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-sound-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_break_in_one_list_only_keeps_the_other_waiting_for_seconds_and_not_for_good(bool inPictures, bool inSound)
    {
        var source = TestStream.Make(_folder, "source.mp4", Seconds + Later, bFrames: 0);
        Cut(source, "v", "-an");
        Cut(source, "s", "-vn");
        Write("v", inPictures);
        Write("s", inSound);
        File.WriteAllText(Path.Combine(_folder, "master.m3u8"), "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"g\",NAME=\"en\",DEFAULT=YES,URI=\"s.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=100,RESOLUTION=320x180,AUDIO=\"g\"\nv.m3u8\n");
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("master.m3u8"));

        var (video, sound) = (read.Packets.Where(packet => packet.Track == 0).ToList(), read.Packets.Where(packet => packet.Track == 1).ToList());
        Assert.Equal(Seconds * TestStream.Rate, video.Count);
        var apart = inPictures == inSound ? 0.5 : 2.5;
        Assert.Equal(Seconds, (video[^1].Pts - video[0].Pts).Seconds, apart);
        Assert.Equal(Seconds, (sound[^1].Pts - sound[0].Pts).Seconds, apart);
        Assert.InRange(Runs(read.Packets).Max(), 0, apart);
    }

    // How many seconds of one track come without a packet of the other.
    private static IEnumerable<double> Runs(IReadOnlyList<MediaPacket> packets)
    {
        var first = 0;
        for (var i = 1; i <= packets.Count; i++)
        {
            if (i < packets.Count && packets[i].Track == packets[first].Track) continue;
            yield return (packets[i - 1].Dts - packets[first].Dts).Seconds;
            first = i;
        }
    }

    // Half of the list is the source's start; the other half its end, whose times are much later.
    private void Write(string name, bool breaks) => File.WriteAllText(Path.Combine(_folder, $"{name}.m3u8"), $"""
        #EXTM3U
        #EXT-X-TARGETDURATION:2
        {string.Join('\n', Enumerable.Range(0, Seconds).Select(i => $"{(breaks && i == Broken ? Break + "\n" : "")}#EXTINF:1,\n{name}{(breaks && i >= Broken ? i + Later : i)}.ts"))}
        #EXT-X-ENDLIST
        """);

    private void Cut(string source, string name, string without) => MediaTool.Run("ffmpeg", "-v", "error", "-i", source, without, "-c", "copy", "-f", "hls", "-hls_time", "1",
        "-hls_playlist_type", "vod", "-hls_segment_filename", Path.Combine(_folder, $"{name}%d.ts"), Path.Combine(_folder, $"{name}-all.m3u8"));
}
