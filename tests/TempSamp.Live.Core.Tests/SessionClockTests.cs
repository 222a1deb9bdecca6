using CsCheck;

namespace TempSamp.Live.Core.Tests;

public sealed class SessionClockTests
{
    private const long Second = MediaTime.TicksPerSecond;

    [Fact]
    public void The_first_packet_is_media_time_zero()
    {
        var clock = new SessionClock();

        var first = clock.Map(Ts(0, 5 * Second));
        var second = clock.Map(Ts(0, 5 * Second + 3000));

        Assert.Equal((MediaTime.Zero, new MediaTime(3000)), (first.Pts, second.Pts));
    }

    [Fact]
    public void Tracks_share_one_timeline_in_units_of_their_own()
    {
        var clock = new SessionClock();

        clock.Map(Ts(0, 10 * Second));
        var sound = clock.Map(new SourceTime(1, 480_000 + 4_800, 480_000 + 4_800, 1024, 1, 48_000, 64));

        Assert.Equal(100, sound.Pts.Milliseconds);
        Assert.Null(sound.Note);
    }

    [Fact]
    public void A_33_bit_wrap_is_followed_without_a_word()
    {
        var clock = new SessionClock();
        const long end = 1L << 33;

        clock.Map(Ts(0, end - Second / 4));
        clock.Map(Ts(1, end - Second / 4));
        var after = clock.Map(Ts(0, Second / 4));
        var other = clock.Map(Ts(1, Second / 4));

        Assert.Equal((0.5, 0.5), (after.Dts.Seconds, other.Dts.Seconds));
        Assert.Equal((0, 0), (after.Epoch, other.Epoch));
        Assert.Null(after.Note);
    }

    [Fact]
    public void A_second_track_that_starts_after_the_wrap_joins_the_first()
    {
        var clock = new SessionClock();

        clock.Map(Ts(0, (1L << 33) - 900));

        Assert.Equal(new MediaTime(1800), clock.Map(Ts(1, 900)).Dts);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [InlineData(-2)]
    [InlineData(60)]
    public void After_a_jump_media_time_goes_on_in_a_new_epoch(double seconds)
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 5000 * Second, 3000));
        clock.Map(Ts(1, 5000 * Second, 1920));

        var video = clock.Map(Ts(0, (long)((5000 + seconds) * Second), 3000));
        var sound = clock.Map(Ts(1, (long)((5000 + seconds) * Second) + 300, 1920));

        Assert.Equal((new MediaTime(3000), 1, "jump"), (video.Dts, video.Epoch, video.Note?.Kind));
        Assert.Equal((new MediaTime(3300), 1), (sound.Dts, sound.Epoch));
        Assert.Null(sound.Note);
    }

    [Fact]
    public void A_gap_keeps_its_length()
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 0, 3000));

        var after = clock.Map(Ts(0, 4 * Second, 3000));

        Assert.Equal((4.0, 0), (after.Dts.Seconds, after.Epoch));
        Assert.Null(after.Note);
    }

    [Fact]
    public void A_small_step_back_is_flattened_and_noted_once()
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 0));
        clock.Map(Ts(0, 3000));

        var back = clock.Map(Ts(0, 1500));
        var again = clock.Map(Ts(0, 2000));

        Assert.Equal((new MediaTime(3000), "repair"), (back.Dts, back.Note?.Kind));
        Assert.Equal(new MediaTime(3000), again.Dts);
        Assert.Null(again.Note);
    }

    [Fact]
    public void A_repeated_time_is_noted_as_a_repair()
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 3000, 3000));

        Assert.Equal("repair", clock.Map(Ts(0, 3000, 3000)).Note?.Kind);
    }

    [Fact]
    public void Reordered_frames_keep_their_distance_from_decoding_to_showing()
    {
        var clock = new SessionClock();
        clock.StartAt(new SourceTime(0, 6000, 0, 3000, 1, 90_000, 33));

        var key = clock.Map(new SourceTime(0, 6000, 0, 3000, 1, 90_000, 33));
        var next = clock.Map(new SourceTime(0, 15_000, 3000, 3000, 1, 90_000, 33));

        Assert.Equal((0, -6000), (key.Pts.Ticks, key.Dts.Ticks));
        Assert.Equal((9000, -3000), (next.Pts.Ticks, next.Dts.Ticks));
    }

    [Fact]
    public void A_frame_that_is_shown_days_after_its_decoding_is_shown_at_once()
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 0));

        var odd = clock.Map(new SourceTime(0, 100_000 * Second, 3000, 3000, 1, 90_000, 64));

        Assert.Equal((new MediaTime(3000), "corrupt"), (odd.Pts, odd.Note?.Kind));
    }

    [Fact]
    public void Packets_without_times_follow_their_track()
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 0, 3000));

        var blind = clock.Map(new SourceTime(0, null, null, 3000, 1, 90_000, 33));

        Assert.Equal(new MediaTime(3000), blind.Dts);
    }

    [Fact]
    public void A_reordered_stream_whose_first_packets_have_no_decoding_time_keeps_its_presentation_times()
    {
        var clock = new SessionClock();
        (long Pts, long? Dts)[] source = [(21, null), (188, null), (104, 21), (63, 63), (146, 104), (354, 146)];

        var mapped = source.Select(p => clock.Map(new SourceTime(0, p.Pts, p.Dts, 41, 1, 1000, 64))).ToList();

        Assert.Equal(source.Select(p => p.Pts - 21), mapped.Select(m => m.Pts.Milliseconds));
        Assert.All(mapped, m => Assert.Null(m.Note));
    }

    [Fact]
    public void A_source_without_decoding_times_goes_by_its_presentation_times()
    {
        var clock = new SessionClock();

        var mapped = Enumerable.Range(0, 100).Select(i => clock.Map(new SourceTime(0, i * 40, null, 40, 1, 1000, 64))).ToList();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 40L), mapped.Select(m => m.Pts.Milliseconds));
        Assert.Equal(99 * 40, mapped[^1].Dts.Milliseconds);
    }

    [Fact]
    public void A_new_format_starts_an_epoch_where_the_old_one_ends()
    {
        var clock = new SessionClock();
        clock.Map(Ts(0, 0, 3000));
        clock.ChangeFormat();

        var video = clock.Map(Ts(0, 3000, 3000));
        var sound = clock.Map(Ts(1, 3000, 1920));

        Assert.Equal((1, 1), (video.Epoch, sound.Epoch));
        Assert.Equal(new MediaTime(3000), video.Dts);
        Assert.Null(video.Note);
    }

    [Fact]
    public void Whatever_a_source_writes_decoding_times_never_go_back()
    {
        var time = Gen.Select(Gen.Int[0, 1], Gen.Long, Gen.Long[-100_000, 100_000], (track, dts, offset) => new SourceTime(track, dts + offset, dts, 3000, 1, 90_000, 33));
        time.List[1, 50].Sample(times =>
        {
            var clock = new SessionClock();
            var last = new Dictionary<int, MediaTime>();
            foreach (var at in times)
            {
                var mapped = clock.Map(at);
                if (last.TryGetValue(at.Track, out var before) && mapped.Dts < before) return false;
                if (mapped.Dts > MediaTime.FromSeconds(times.Count * 11)) return false;
                last[at.Track] = mapped.Dts;
            }

            return true;
        });
    }

    private static SourceTime Ts(int track, long at, long duration = 0) => new(track, at, at, duration, 1, (int)Second, 33);
}
