using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>What each way to sample shows and saves, on a stream whose every frame carries its number: 30 fps, 3 bidirectional frames in a row, a key frame each 1.5 s.</summary>
public sealed class SamplingModeTests : IDisposable
{
    private const int Seconds = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-modes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.ts")]
    [InlineData("clip.mkv")]
    public async Task Auto_shows_what_decoding_everything_shows_for_half_the_work(string name)
    {
        var read = await ReadAsync(name);

        var all = Sample(read, SamplingMode.Full);
        var needed = Sample(read, SamplingMode.Auto);

        Assert.Equal(Seconds * 2, needed.Frames.Count);
        Assert.Equal(all.Frames.Select(TestStream.NumberOf), needed.Frames.Select(TestStream.NumberOf));
        Assert.All(all.Frames.Zip(needed.Frames), pair => Assert.Equal(pair.First.Rgb, pair.Second.Rgb));
        Assert.InRange(needed.Decoded, 1, all.Decoded * 3 / 4);
    }

    [Fact]
    public async Task Auto_decodes_key_frames_alone_where_each_slot_shows_one()
    {
        var read = await ReadAsync("clip.mp4", gop: TestStream.Rate / 2);

        var needed = Sample(read, SamplingMode.Auto);

        Assert.Equal(Enumerable.Range(0, Seconds * 2).Select(slot => slot * TestStream.Rate / 2), needed.Frames.Select(TestStream.NumberOf));
        Assert.InRange(needed.Decoded, Seconds * 2, Seconds * 2 * 4); // each key frame, and what the decoder wants before it gives it away
    }

    [Fact]
    public async Task Auto_gives_a_frame_when_all_that_could_be_shown_then_has_come()
    {
        var read = await ReadAsync("clip.mp4");
        var late = new List<double>();
        using var sampler = new FrameSampler(TestStream.Width, TestStream.Height, TestStream.Local, TimeProvider.System, frame => late.Add((_now - frame.At).Seconds));
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in read.Packets.Where(p => p.Track == 0))
        {
            _now = packet.Dts;
            sampler.Push(packet);
        }

        Assert.All(late, seconds => Assert.InRange(seconds, 0, 0.2)); // reordering takes two frames, then two more come out of the decoder
    }

    private MediaTime _now;

    [Fact]
    public async Task Reference_frames_are_at_most_100_ms_older()
    {
        var read = await ReadAsync("clip.mp4");

        var shown = Sample(read, SamplingMode.ReferenceFrames).Frames;

        var late = shown.Select(f => (f.Slot * TestStream.Rate / 2) - TestStream.NumberOf(f)).ToList();
        Assert.Equal(Seconds * 2, shown.Count);
        Assert.All(late, frames => Assert.InRange(frames, 0, TestStream.Rate / 10));
        Assert.Contains(late, frames => frames > 0);
    }

    [Fact]
    public async Task Key_frames_stand_until_the_next_one()
    {
        var read = await ReadAsync("clip.mp4");

        var (shown, decoded) = Sample(read, SamplingMode.KeyFrames);

        Assert.Equal(Enumerable.Range(0, Seconds * 2).Select(slot => slot / 3 * 45), shown.Select(TestStream.NumberOf));
        Assert.Equal(6, decoded);
    }

    [Fact]
    public async Task While_nobody_looks_key_frames_do_and_the_switch_is_made_at_one()
    {
        var read = await ReadAsync("clip.mp4");
        var frames = new List<SampledFrame>();
        using var sampler = new FrameSampler(TestStream.Width, TestStream.Height, TestStream.Local, TimeProvider.System, frames.Add);
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in read.Packets.Where(p => p.Track == 0))
        {
            sampler.Attend(packet.Dts.Seconds is < 2 or > 4);
            sampler.Push(packet);
        }
        sampler.Finish();

        Assert.Equal([0, 15, 30, 45, 60, 75, 90, 90, 90, 135, 150, 165, 180, 195, 210, 225], frames.Select(TestStream.NumberOf));
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(4, 2)]
    [InlineData(60, 1)]
    public async Task While_nobody_looks_key_frames_that_come_too_often_are_passed_over(int interval, int decoded)
    {
        var read = await ReadAsync("clip.mp4");
        using var sampler = new FrameSampler(TestStream.Width, TestStream.Height, TestStream.Local with { IdleInterval = TimeSpan.FromSeconds(interval) }, TimeProvider.System, frame => frame.Dispose());
        sampler.Attend(false);
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in read.Packets) sampler.Push(packet);
        sampler.Finish();

        Assert.Equal(decoded, sampler.Decoded);
    }

    [Fact]
    public async Task A_picture_that_was_made_smaller_for_nobody_is_made_again_with_care_when_somebody_looks()
    {
        var read = await ReadAsync("clip.mp4");
        var frames = new List<SampledFrame>();
        using var sampler = new FrameSampler((TestStream.Width / 3) - 1, (TestStream.Height / 3) - 1, TestStream.Local, TimeProvider.System, frames.Add);
        sampler.Attend(false);
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in read.Packets.Where(p => p.Track == 0 && p.Dts.Seconds < 1.3))   // all of one key frame
        {
            if (packet.Dts.Seconds > 0.8) sampler.Attend(true);
            sampler.Push(packet);
        }

        Assert.Equal(3, frames.Count);
        Assert.Equal(frames[0].Rgb, frames[1].Rgb);
        Assert.NotEqual(frames[1].Rgb, frames[2].Rgb);
        Assert.InRange(frames[1].Rgb.Zip(frames[2].Rgb, (rough, careful) => Math.Abs(rough - careful)).Average(), 0.01, 4);   // of 255: the same picture
    }

    [Theory]
    [InlineData(HardwareDecoding.Cuda)]
    [InlineData(HardwareDecoding.Auto)]
    public async Task Without_a_GPU_the_processor_decodes_and_says_so(HardwareDecoding hardware)
    {
        Assert.SkipWhen(HardwareDevice.Refusal is null, "This machine has a GPU that decodes.");
        var path = TestStream.Make(_folder, "clip.mp4", seconds: 2);

        var read = await Recording.OfAsync(path, TestStream.Local with { HardwareDecoding = hardware });

        Assert.Equal([0, 15, 30, 45], read.Frames.Select(TestStream.NumberOf));
        Assert.Contains("decoded by the processor", Assert.Single(read.Notes, n => n.Kind == "decoder").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_GPU_shows_what_the_processor_shows()
    {
        Assert.SkipUnless(HardwareDevice.Refusal is null, $"No GPU decodes here: {HardwareDevice.Refusal}.");
        var read = await ReadAsync("clip.mp4");

        var shown = Sample(read, TestStream.Local with { HardwareDecoding = HardwareDecoding.Cuda }).Frames;

        Assert.Equal(Sample(read, SamplingMode.Full).Frames.Select(TestStream.NumberOf), shown.Select(TestStream.NumberOf));
    }

    [Fact]
    public async Task The_memory_of_a_disposed_frame_serves_the_next()
    {
        var read = await ReadAsync("clip.mp4");
        var arrays = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);

        Sample(read, TestStream.Local, frame =>
        {
            arrays.Add(frame.Rgb);
            frame.Dispose();
            frame.Dispose(); // twice gives back once
        });

        Assert.Single(arrays);
    }

    private async Task<Recording> ReadAsync(string name, int gop = 45) =>
        await Recording.OfAsync(TestStream.Make(_folder, name, Seconds, gop, bFrames: 3, sampleRate: 0));

    private static (List<SampledFrame> Frames, int Decoded) Sample(Recording read, SamplingMode mode) => Sample(read, TestStream.Local with { Sampling = mode });

    private static (List<SampledFrame> Frames, int Decoded) Sample(Recording read, IngestOptions options, Action<SampledFrame>? take = null)
    {
        var frames = new List<SampledFrame>();
        using var sampler = new FrameSampler(TestStream.Width, TestStream.Height, options, TimeProvider.System, take ?? frames.Add);
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in read.Packets) sampler.Push(packet);
        sampler.Finish();
        return (frames, sampler.Decoded);
    }
}
