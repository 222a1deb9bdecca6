using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class FrameSamplerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-sample-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_gap_repeats_the_last_frame_and_no_slot_is_missing()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "clip.mp4", seconds: 6, bFrames: 0, sampleRate: 0));

        var frames = Sample(read, read.Packets.Where(p => p.Pts < MediaTime.FromSeconds(2) || p.Pts >= MediaTime.FromSeconds(4)));

        Assert.Equal(Enumerable.Range(0, 12), frames.Select(f => (int)f.Slot));
        Assert.Equal([0, 15, 30, 45, 59, 59, 59, 59, 120, 135, 150, 165], frames.Select(TestStream.NumberOf));
    }

    [Fact]
    public async Task The_first_frame_stands_for_the_time_before_it()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "clip.mp4", seconds: 3, bFrames: 0, sampleRate: 0));

        var frames = Sample(read, read.Packets.Where(p => p.Pts >= MediaTime.FromSeconds(1)));

        Assert.Equal([30, 30, 30, 45, 60, 75], frames.Select(TestStream.NumberOf));
    }

    [Fact]
    public async Task Damaged_packets_cost_their_own_frames_only()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "clip.mp4", seconds: 4, bFrames: 0, sampleRate: 0));

        var frames = Sample(read, read.Packets.Select(p => p.Pts.Seconds is > 1.2 and < 1.9 ? p with { Data = new byte[p.Data.Length] } : p));

        Assert.Equal(Enumerable.Range(0, 8), frames.Select(f => (int)f.Slot));
        Assert.Equal([60, 75, 90, 105], frames.Skip(4).Select(TestStream.NumberOf));
    }

    [Fact]
    public async Task Other_tracks_reaching_further_bring_out_the_slots_of_a_picture_that_stands_still()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "clip.mp4", seconds: 1, bFrames: 0, sampleRate: 0));
        var frames = new List<SampledFrame>();
        using var sampler = new FrameSampler(TestStream.Width, TestStream.Height, TestStream.Local, TimeProvider.System, frames.Add);
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in read.Packets) sampler.Push(packet);

        sampler.Reach(MediaTime.FromSeconds(5));

        Assert.Equal(Enumerable.Range(0, 7), frames.Select(f => (int)f.Slot));
    }

    private static List<SampledFrame> Sample(Recording read, IEnumerable<MediaPacket> packets)
    {
        var frames = new List<SampledFrame>();
        using var sampler = new FrameSampler(TestStream.Width, TestStream.Height, TestStream.Local, TimeProvider.System, frames.Add);
        sampler.Start(read.Announced[0].Format);
        foreach (var packet in packets) sampler.Push(packet);
        sampler.Finish();
        return frames;
    }
}
