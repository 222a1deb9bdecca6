using CsCheck;
using TempSamp.Live.Core;
using static TempSamp.Live.Sessions.Tests.FakeBroadcast;

namespace TempSamp.Live.Sessions.Tests;

public class PacketTapeTests
{
    private static readonly TapeBounds _bounds = new(TimeSpan.FromSeconds(20), 1 << 20);

    [Fact]
    public async Task A_slice_starts_at_the_key_frame_before_and_ends_with_the_last_needed_packet()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 12));
        var slice = await tape.SliceAsync(TimeRange.FromSeconds(5, 8.5), default);
        Assert.Equal([Video, Audio], slice.Tracks);
        var video = slice.Packets.Where(packet => packet.Track == 0).ToList();
        Assert.True(video[0].IsKey);
        Assert.Equal(4, video[0].Pts.Seconds);
        Assert.Equal(8.48, video[^1].Pts.Seconds, 3);
        var audio = slice.Packets.Where(packet => packet.Track == 1).ToList();
        Assert.Equal(4, audio[0].Pts.Seconds, 3);
        Assert.Equal(8.48, audio[^1].Pts.Seconds, 3);
    }

    [Fact]
    public Task Any_range_that_is_held_is_covered_in_read_order() =>
        Gen.Select(Gen.Double[0.2, 4], Gen.Double[0, 0.9], Gen.Double[0, 17], Gen.Double[0.1, 8]).SampleAsync(async (gop, late, start, length) =>
        {
            var tape = new PacketTape(new(TimeSpan.FromSeconds(60), 1 << 30));
            var read = Packets(0, 28, gop, audioLate: late).ToList();
            tape.Play(read);
            var range = TimeRange.FromSeconds(start, start + length);
            var slice = await tape.SliceAsync(range, default);
            var video = slice.Packets.Where(packet => packet.Track == 0).ToList();
            Assert.True(video[0].IsKey && video[0].Pts <= range.Start && !video.Skip(1).Any(packet => packet.IsKey && packet.Pts <= range.Start));
            Assert.Equal(read.Where(packet => packet.Track == 0 && packet.Pts >= video[0].Pts && packet.Pts < range.End), video);
            Assert.Equal(read.Where(packet => packet.Track == 1 && packet.Pts + packet.Duration > video[0].Pts && packet.Pts < range.End && packet.Pts >= video[0].Pts),
                slice.Packets.Where(packet => packet.Track == 1 && packet.Pts >= video[0].Pts));
        }, iter: 100);

    [Fact]
    public async Task A_range_that_is_still_to_come_waits_for_all_of_its_packets()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 5));
        var slice = tape.SliceAsync(TimeRange.FromSeconds(4, 6), default);
        Assert.False(slice.IsCompleted);
        tape.Play(Packets(6, 6.04).Where(packet => packet.Track == 0));
        Assert.False(slice.IsCompleted);    // audio of the last instant may still come
        tape.Play(Packets(6, 6.04).Where(packet => packet.Track == 1));
        await slice.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Silent_audio_does_not_hold_up_a_slice()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 7).Where(packet => packet.Track == 0));
        await tape.SliceAsync(TimeRange.FromSeconds(4, 5.9), default).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_end_of_the_stream_hands_out_what_there_is()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 5));
        var slice = tape.SliceAsync(TimeRange.FromSeconds(3, 9), default);
        tape.Complete();
        Assert.Equal(4.96, (await slice).Packets.Max(packet => packet.Pts).Seconds, 3);
    }

    [Fact]
    public async Task A_range_that_left_the_tape_is_refused()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 60));
        var refused = await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(10, 15), default));
        Assert.Equal("evicted", refused.Reason);
        refused = await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(30, 45), default));
        Assert.Equal("evicted", refused.Reason);
    }

    [Fact]
    public async Task A_held_range_stays_beyond_both_bounds_until_it_is_let_go()
    {
        var tape = new PacketTape(_bounds with { Bytes = 60_000 });
        tape.Play(Packets(0, 10));
        var hold = tape.Hold(TimeRange.FromSeconds(5, 12));
        tape.Play(Packets(10, 60));
        var slice = await tape.SliceAsync(TimeRange.FromSeconds(5, 12), default);
        Assert.Equal(11.96, slice.Packets.Max(packet => packet.Pts).Seconds, 3);
        hold.Dispose();
        tape.Play(Packets(60, 62));
        await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(5, 12), default));
    }

    [Fact]
    public void The_tape_stays_inside_seconds_and_bytes()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 100));
        Assert.InRange(tape.Status.Held.Length.Seconds, 18, 22.1);

        var small = new PacketTape(_bounds with { Bytes = 30_000 });
        foreach (var second in Enumerable.Range(0, 100))
        {
            small.Play(Packets(second * 2, (second * 2) + 2));
            Assert.InRange(small.Status.Bytes, 1, 30_000);
        }
    }

    [Fact]
    public async Task A_stream_without_key_frames_is_refused_and_its_one_huge_group_dropped()
    {
        var tape = new PacketTape(_bounds with { Bytes = 10_000 });
        tape.Play(Packets(0, 30, gop: 1000));
        Assert.Equal(0, tape.Status.Pieces);
        Assert.Contains("exceeds", Assert.Single(tape.Notes).Text);

        var keyless = new PacketTape(_bounds);
        keyless.Play(Packets(0, 30, gop: 1000).Skip(2));
        var refused = await Assert.ThrowsAsync<ClipException>(() => keyless.SliceAsync(TimeRange.FromSeconds(5, 6), default));
        Assert.Equal("no-key-frame", refused.Reason);
    }

    [Fact]
    public async Task A_clip_over_a_change_of_format_is_refused_and_clips_beside_it_are_not()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 6));
        tape.Track(Video with { Width = 1280 }, 1);
        foreach (var packet in Packets(6, 12, epoch: 1)) tape.Packet(packet);
        var refused = await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(4, 8), default));
        Assert.Equal("format-changed", refused.Reason);
        Assert.Equal(640, (await tape.SliceAsync(TimeRange.FromSeconds(3, 5.5), default)).Tracks[0].Width);
        Assert.Equal(1280, (await tape.SliceAsync(TimeRange.FromSeconds(7, 9), default)).Tracks[0].Width);
    }

    [Fact]
    public async Task A_waiting_slice_can_be_cancelled()
    {
        var tape = new PacketTape(_bounds);
        using var cancel = new CancellationTokenSource();
        var slice = tape.SliceAsync(TimeRange.FromSeconds(4, 6), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slice);
    }

    [Fact]
    public async Task Readers_slice_while_the_stream_is_written()
    {
        var tape = new PacketTape(_bounds);
        var writer = Task.Run(() => tape.Play(Packets(0, 400)));
        foreach (var at in Enumerable.Range(1, 40))
        {
            using var hold = tape.Hold(TimeRange.FromSeconds(390, 395));
            var slice = await Record.ExceptionAsync(() => tape.SliceAsync(TimeRange.FromSeconds(at * 9, (at * 9) + 3), default));
            Assert.True(slice is null or ClipException { Reason: "evicted" }, slice?.ToString());
        }
        await writer;
        Assert.NotEmpty((await tape.SliceAsync(TimeRange.FromSeconds(390, 395), default)).Packets);
    }

    [Fact]
    public void A_packet_of_an_unannounced_track_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => new PacketTape(_bounds).Packet(Packets(0, 1).First()));
}
