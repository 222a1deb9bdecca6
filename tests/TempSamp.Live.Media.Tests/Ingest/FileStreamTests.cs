using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class FileStreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-ingest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.flv")]
    [InlineData("clip.ts")]
    public async Task Every_half_second_of_a_file_gives_the_frame_on_screen_then(string name)
    {
        var path = TestStream.Make(_folder, name, seconds: 5);

        var read = await Recording.OfAsync(path);

        Assert.Equal(Enumerable.Range(0, 10), read.Frames.Select(f => (int)f.Slot));
        Assert.All(read.Frames, f => Assert.InRange(TestStream.NumberOf(f) - f.Slot * TestStream.Rate / 2, -1, 0)); // -1: FLV rounds to whole milliseconds
        Assert.Equal(["h264", "aac"], read.Announced.Select(a => a.Format.Codec));
        Assert.Equal((TestStream.Width, TestStream.Height), (read.Announced[0].Format.Width, read.Announced[0].Format.Height));
        Assert.Empty(read.Notes);
    }

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.ts")]
    public async Task All_packets_reach_the_tape_in_rising_decoding_order(string name)
    {
        var path = TestStream.Make(_folder, name, seconds: 4);

        var read = await Recording.OfAsync(path);

        var video = read.Packets.Where(p => p.Track == 0).ToList();
        Assert.Equal(4 * TestStream.Rate, video.Count);
        Assert.Equal(4, video.Count(p => p.IsKey));
        Assert.Equal(MediaTime.Zero, video.Min(p => p.Pts));
        Assert.All(video.Zip(video.Skip(1)), pair => Assert.True(pair.First.Dts <= pair.Second.Dts));
    }

    [Fact]
    public async Task A_file_that_is_cut_off_gives_what_is_there()
    {
        var whole = TestStream.Make(_folder, "whole.ts", seconds: 4);
        var cut = Path.Combine(_folder, "cut.ts");
        var bytes = await File.ReadAllBytesAsync(whole, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cut, bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);

        var read = await Recording.OfAsync(cut);

        Assert.InRange(read.Frames.Count, 3, 6);
    }

    [Fact]
    public async Task An_MP4_file_without_its_index_is_called_damaged()
    {
        var path = TestStream.Make(_folder, "whole.mp4", seconds: 2);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, bytes[..600], TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(path));

        Assert.Equal("damaged", refusal.Reason);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(Path.Combine(_folder, "none.mp4")));

        Assert.Equal("unreachable", refusal.Reason);
        Assert.Contains("none.mp4", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_plays_at_the_speed_of_its_times_when_asked_to()
    {
        var path = TestStream.Make(_folder, "clip.mp4", seconds: 1.5);
        var before = TimeProvider.System.GetTimestamp();

        await Recording.OfAsync(path, TestStream.Local with { Realtime = true });

        Assert.True(TimeProvider.System.GetElapsedTime(before) >= TimeSpan.FromSeconds(1.3));
    }

    [Fact]
    public async Task Cancelling_ends_a_pump_that_plays_in_real_time()
    {
        var path = TestStream.Make(_folder, "clip.mp4", seconds: 20, sampleRate: 0);

        var read = await Recording.OfAsync(path, TestStream.Local with { Realtime = true }, enough: r => r.Frames.Count == 2);

        Assert.InRange(read.Frames.Count, 2, 4);
    }

    [Fact]
    public void The_frame_reader_gives_the_same_frames()
    {
        var path = TestStream.Make(_folder, "clip.mp4", seconds: 3);

        var frames = FrameReader.ReadFrames(path, TestStream.Width, TestStream.Height).ToList();

        Assert.Equal([0, 15, 30, 45, 60, 75], frames.Select(TestStream.NumberOf));
    }
}
