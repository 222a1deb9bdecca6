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
    public async Task A_range_that_begins_with_pictures_that_lead_a_key_frame_in_gets_the_group_that_they_lean_on()
    {
        var tape = new PacketTape(_bounds);
        var video = Packets(0, 12).Where(packet => packet.Track == 0).ToList();
        foreach (var key in Enumerable.Range(0, video.Count).Where(i => i > 3 && video[i].IsKey).ToList())   // decoded before the three pictures that are shown before it
        {
            var packet = video[key];
            video.RemoveAt(key);
            video.Insert(key - 3, packet);
        }
        tape.Play(video.Select((packet, i) => packet with { Dts = MediaTime.FromSeconds((i - 3) / 25.0) }));

        var slice = await tape.SliceAsync(TimeRange.FromSeconds(3.9, 5), default);

        Assert.Equal(2, slice.Packets[0].Pts.Seconds);
        Assert.Contains(slice.Packets, packet => Math.Abs(packet.Pts.Seconds - 3.92) < 0.001);
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
    public async Task Times_that_jump_in_the_middle_of_a_group_lose_none_of_it()
    {
        var tape = new PacketTape(_bounds);
        var all = Packets(0, 12).ToList();
        tape.Play(all.Select(packet => packet with { Epoch = packet.Pts < MediaTime.FromSeconds(5) ? 0 : 1 }));

        var slice = await tape.SliceAsync(TimeRange.FromSeconds(4.5, 7), default);

        Assert.Equal(all.Where(packet => packet.Track == 0 && packet.Pts.Seconds is >= 4 and < 7).Select(packet => packet.Pts), slice.Packets.Where(packet => packet.Track == 0).Select(packet => packet.Pts));
    }

    [Fact]
    public async Task Behind_a_hole_a_clip_needs_a_new_key_frame()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 5));
        tape.Play(Packets(4, 10, epoch: 1).Where(packet => packet.Pts.Seconds >= 5.2));

        Assert.Equal("no-key-frame", (await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(5.3, 5.9), default))).Reason);
    }

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
        await slice.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Silent_audio_does_not_hold_up_a_slice()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 7).Where(packet => packet.Track == 0));
        await tape.SliceAsync(TimeRange.FromSeconds(4, 5.9), default).WaitAsync(TimeSpan.FromMinutes(1));
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
    public async Task A_stream_without_key_frames_stays_inside_its_bounds_and_says_that_it_has_no_random_access()
    {
        var tape = new PacketTape(new(TimeSpan.FromSeconds(60), 60_000));
        tape.Play(Packets(0, 12, gop: 1000));
        Assert.True(tape.Status.HasRandomAccess is false);
        Assert.Contains("no random access", Assert.Single(tape.Notes).Text);
        var whole = await tape.SliceAsync(TimeRange.FromSeconds(11, 11.5), default);
        Assert.Equal((0.0, true), (whole.Packets.First(packet => packet.Track == 0).Pts.Seconds, whole.Packets.First(packet => packet.Track == 0).IsKey));

        tape.Play(Packets(12, 60, gop: 1000).Where(packet => packet.Pts.Seconds > 12));
        Assert.InRange(tape.Status.Bytes, 1, 60_000);
        var refused = await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(55, 56), default));
        Assert.Equal("no-random-access", refused.Reason);

        tape.Play(Packets(60, 62));
        Assert.True(tape.Status.HasRandomAccess);
        var keyless = new PacketTape(_bounds);
        keyless.Play(Packets(0, 30, gop: 1000).Skip(2));
        Assert.Equal("no-key-frame", (await Assert.ThrowsAsync<ClipException>(() => keyless.SliceAsync(TimeRange.FromSeconds(5, 6), default))).Reason);
    }

    [Fact]
    public async Task A_slice_over_a_change_of_format_names_the_change_and_those_beside_it_do_not()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 6));
        tape.Track(Video with { Width = 1280 }, 1);
        foreach (var packet in Packets(6, 12, epoch: 1)) tape.Packet(packet);

        var across = await tape.SliceAsync(TimeRange.FromSeconds(4, 8), default);
        Assert.Equal(640, across.Tracks[0].Width);
        Assert.Equal((1, 1280), across.Changes.Select(change => (change.Epoch, change.Format.Width)).Single());
        var (before, after) = (await tape.SliceAsync(TimeRange.FromSeconds(3, 5.5), default), await tape.SliceAsync(TimeRange.FromSeconds(7, 9), default));
        Assert.Equal((640, 0, 1280, 0), (before.Tracks[0].Width, before.Changes.Count, after.Tracks[0].Width, after.Changes.Count));
    }

    [Fact]
    public async Task A_slice_over_a_short_drop_holds_both_sides_of_it()
    {
        var tape = new PacketTape(_bounds);
        tape.Play(Packets(0, 6));
        tape.Play(Packets(9, 15, epoch: 1));

        var across = await tape.SliceAsync(TimeRange.FromSeconds(4, 11), default);
        Assert.Empty(across.Changes);
        Assert.Equal((100, 0, 1), (across.Packets.Count(packet => packet.Track == 0), across.Packets[0].Epoch, across.Packets[^1].Epoch));
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
