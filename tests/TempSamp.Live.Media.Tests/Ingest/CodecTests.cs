using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>What streams carry besides H.264 and AAC, and what happens when they change it.</summary>
public sealed class CodecTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-codecs-").FullName;

    public CodecTests() => MediaTool.SkipWhenAbsent();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none", "aac", "-c:a aac")]
    [InlineData("av1", "-c:v libaom-av1 -usage realtime -cpu-used 8", "aac", "-c:a aac")]
    [InlineData("vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8", "aac", "-c:a aac")]
    [InlineData("h264", "-c:v libx264 -preset ultrafast", "mp3", "-c:a libmp3lame")]
    public async Task A_publisher_may_send_by_enhanced_RTMP(string video, string videoArguments, string audio, string audioArguments)
    {
        var file = Encode("made.mkv", videoArguments, audioArguments);
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("key");
        var reading = Recording.OfAsync("listen:key", listener: endpoint.Listener);
        await using var publisher = FFmpegPublisher.Start(file, endpoint.Url("key"), realtime: false);

        var read = await reading;

        Assert.True(await publisher.ExitAsync(TestContext.Current.CancellationToken) == 0, publisher.Said);
        Assert.Equal((video, TestStream.Width), (Of(TrackKind.Video).Codec, Of(TrackKind.Video).Width));
        Assert.Equal(audio, Of(TrackKind.Audio).Codec);
        AssertNumbered(read, 4);

        TrackFormat Of(TrackKind kind) => read.Announced.First(a => a.Format.Kind == kind).Format;
    }

    [Theory]
    [InlineData("made.ts", "ac3", "-c:a ac3")]
    [InlineData("made.ts", "mp3", "-c:a libmp3lame")]
    [InlineData("made.ts", "opus", "-c:a libopus")]
    [InlineData("made.ts", "eac3", "-c:a eac3")]
    [InlineData("made.flv", "aac", "-c:a aac")]
    public async Task Sound_of_many_kinds_is_read_over_HTTP(string name, string codec, string arguments)
    {
        Encode(name, "-c:v libx264 -preset ultrafast", arguments);
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url(name));

        Assert.Equal(["h264", codec], read.Announced.Select(a => a.Format.Codec));
        AssertNumbered(read, 4);
    }

    [Fact]
    public async Task Several_sound_tracks_are_kept_up_to_the_limit()
    {
        var source = TestStream.Make(_folder, "source.mp4", seconds: 2);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "0:a", "-c", "copy", Path.Combine(_folder, "three.ts"));

        var all = await Recording.OfAsync(Path.Combine(_folder, "three.ts"));
        var one = await Recording.OfAsync(Path.Combine(_folder, "three.ts"), TestStream.Local with { MaxAudioTracks = 1 });

        Assert.Equal([TrackKind.Video, TrackKind.Audio, TrackKind.Audio, TrackKind.Audio], all.Announced.Select(a => a.Format.Kind));
        Assert.Equal(3, all.Packets.Where(p => p.Track > 0).GroupBy(p => p.Track).Count(g => g.Count() > 80));
        Assert.Equal(2, one.Announced.Count);
    }

    [Fact]
    public async Task A_transport_stream_that_changes_its_size_starts_a_new_format_in_the_same_session()
    {
        var small = File.ReadAllBytes(TestStream.Make(_folder, "small.ts", seconds: 2, sampleRate: 0));
        var large = File.ReadAllBytes(TestStream.Make(_folder, "large.ts", seconds: 2, sampleRate: 0, width: 480, height: 270, firstNumber: 900));
        var joined = Path.Combine(_folder, "joined.ts");
        await File.WriteAllBytesAsync(joined, [.. small, .. large, .. small], TestContext.Current.CancellationToken);

        var read = await Recording.OfAsync(joined);

        Assert.Equal([320, 480, 320], read.Announced.Select(a => a.Format.Width));
        Assert.Equal(2, read.Notes.Count(n => n.Kind == "format"));
        Assert.True(read.Announced.Zip(read.Announced.Skip(1)).All(p => p.First.Epoch < p.Second.Epoch));
        Assert.Equal([915, 930, 945], read.Frames.Skip(5).Take(3).Select(TestStream.NumberOf), (a, b) => Math.Abs(a - b) <= 2);
    }

    [Fact]
    public async Task A_stream_that_changes_its_codec_goes_on_in_the_same_session()
    {
        foreach (var (name, codec) in ((string, string)[])[("a", "libx264 -preset ultrafast"), ("b", "libx265 -preset ultrafast -x265-params log-level=none")])
            Encode($"{name}.ts", $"-c:v {codec}", "-c:a aac");
        File.WriteAllText(Path.Combine(_folder, "x.m3u8"), "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nb.ts\n#EXT-X-ENDLIST\n");
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal(["h264", "hevc"], read.Announced.Where(a => a.Format.Kind == TrackKind.Video).Select(a => a.Format.Codec));
        Assert.Equal([0, 15, 30, 45, 15, 30, 45], read.Frames.Where((_, slot) => slot != 4).Take(7).Select(TestStream.NumberOf), (a, b) => Math.Abs(a - b) <= 4); // the second encoder reorders, the first does not
    }

    private static void AssertNumbered(Recording read, int frames) =>
        Assert.Equal(Enumerable.Range(0, frames).Select(i => i * 15), read.Frames.Take(frames).Select(TestStream.NumberOf), (a, b) => Math.Abs(a - b) <= 1);

    private string Encode(string name, string video, string audio)
    {
        var source = TestStream.Make(_folder, "source.mp4", seconds: 2);
        var path = Path.Combine(_folder, name);
        MediaTool.Run("ffmpeg", ["-v", "error", "-i", source, "-g", "15", .. video.Split(' '), .. audio.Split(' '), path]);
        return path;
    }
}
