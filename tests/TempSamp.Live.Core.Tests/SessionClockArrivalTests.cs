using CsCheck;

namespace TempSamp.Live.Core.Tests;

/// <summary>The clock with the wall beside it: whatever a source does with its times, the timeline takes as long as the wall clock says.</summary>
public sealed class SessionClockArrivalTests
{
    private const long Second = MediaTime.TicksPerSecond;
    private const long Frame = 3600;

    [Fact]
    public void A_restarted_source_goes_on_behind_its_silence()
    {
        var world = new Source();
        world.Play(10);

        var back = world.Silence(7).RestartAt(0).Play(1)[0];

        Assert.Equal((17.0, 1, "jump"), (Math.Round(back.Dts.Seconds, 1), back.Epoch, back.Note?.Kind));
    }

    [Fact]
    public void What_the_last_packet_was_late_by_moves_no_restart()
    {
        var world = new Source();
        world.Play(20);

        world.Silence(1.5).Play(0.04);   // one packet that was held up somewhere
        world.RestartAt(0).Play(5);

        Assert.InRange(world.Ends.Seconds - world.Wall, -0.1, 0.1);
    }

    [Fact]
    public void A_gap_of_a_minute_whose_time_has_passed_stays_a_gap()
    {
        var world = new Source();
        world.Play(10);

        var back = world.Silence(60).Skip(60).Play(1)[0];

        Assert.Equal((70.0, 0), (Math.Round(back.Dts.Seconds, 1), back.Epoch));
        Assert.Null(back.Note);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(3600)]
    [InlineData(-2)]
    public void A_jump_that_no_time_passed_for_moves_nothing(double seconds)
    {
        var world = new Source();
        world.Play(20);

        var after = world.Skip(seconds).Play(1)[0];

        Assert.Equal((20.0, 1, "jump"), (Math.Round(after.Dts.Seconds, 1), after.Epoch, after.Note?.Kind));
    }

    [Fact]
    public void A_source_whose_times_stand_still_while_it_is_silent_leaves_a_gap()
    {
        var world = new Source();
        world.Play(20);

        var after = world.Silence(10).Play(2);

        Assert.Equal((30.0, 1, "jump"), (Math.Round(after[0].Dts.Seconds, 1), after[0].Epoch, after[0].Note?.Kind));
        Assert.All(after.Skip(1), at => Assert.Equal((1, null), (at.Epoch, at.Note)));
    }

    [Fact]
    public void A_delay_that_is_caught_up_leaves_no_trace()
    {
        var world = new Source();
        world.Play(20);

        var late = world.Silence(2.5).Play(2.5, pace: 1000);
        var after = world.Play(1);

        Assert.All([.. late, .. after], at => Assert.Equal((0, null), (at.Epoch, at.Note)));
        Assert.Equal(22.5, after[0].Dts.Seconds, 1);
    }

    [Fact]
    public void Many_restarts_do_not_add_up_an_error()
    {
        var world = new Source { Jitter = 0.08 };
        world.Play(20);
        for (var i = 0; i < 50; i++) world.Silence(2).RestartAt(i * 100).Play(10);

        Assert.InRange(world.Ends.Seconds - world.Wall, -0.2, 0.2);
    }

    [Fact]
    public void A_break_that_the_source_announces_goes_on_behind_its_hole()
    {
        var clock = new SessionClock();
        clock.Map(new(0, 0, 0, Frame, 1, 90_000, 33));
        clock.Map(new(1, 0, 0, Frame, 1, 90_000, 33));
        clock.Break(MediaTime.FromSeconds(6));

        var video = clock.Map(new(0, 500 * Second, 500 * Second, Frame, 1, 90_000, 33));
        var sound = clock.Map(new(1, (500 * Second) + 90, (500 * Second) + 90, Frame, 1, 90_000, 33));

        Assert.Equal((new MediaTime((6 * Second) + Frame), 1), (video.Dts, video.Epoch));
        Assert.Equal((new MediaTime((6 * Second) + Frame + 90), 1), (sound.Dts, sound.Epoch));
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(2, 4.1)]   // decoding goes on at the end, a tenth of a second before the picture is shown
    public void Behind_a_break_the_next_picture_is_shown_where_it_is_said_to_be(double place, double shown)
    {
        var clock = new SessionClock();
        clock.StartAt(new(0, 0, 0, Frame, 1, 90_000, 33));
        clock.Map(new(0, 4 * Second, (4 * Second) - Frame, Frame, 1, 90_000, 33));
        clock.Break(MediaTime.FromSeconds(1), MediaTime.FromSeconds(place));

        var next = clock.Map(new(0, 500 * Second, (500 * Second) - (Second / 10), Frame, 1, 90_000, 33));

        Assert.Equal((shown, 0.1), (next.Pts.Seconds, (next.Pts - next.Dts).Seconds));
    }

    [Fact]
    public void An_input_goes_on_at_its_place()
    {
        var clock = new SessionClock();
        var first = new SourceTime(0, 77 * Second, 77 * Second, Frame, 1, 90_000, 33);
        clock.StartAt(first, new(MediaTime.FromSeconds(123), 4));

        var at = clock.Map(first);

        Assert.Equal((MediaTime.FromSeconds(123), 4), (at.Dts, at.Epoch));
    }

    [Fact]
    public void Whatever_a_live_source_does_its_timeline_keeps_step_with_the_wall()
    {
        var kind = Gen.OneOf(Gen.Const("restart"), Gen.Const("drop"), Gen.Const("jump"), Gen.Const("wrap"), Gen.Const("freeze"), Gen.Const("late"));
        Gen.Select(kind, Gen.Double[0.5, 30], Gen.Double[3, 20], (fault, length, then) => (fault, length, then)).List[1, 12].Sample(story =>
        {
            var world = new Source { Jitter = 0.03 };
            world.Play(12);
            foreach (var (fault, length, then) in story)
            {
                _ = fault switch
                {
                    "restart" => world.Silence(length).RestartAt(0),
                    "drop" => world.Silence(length).Skip(length),
                    "jump" => world.Skip(length < 15 ? length * 100 : -length * 100),
                    "wrap" => world.RestartAt((1L << 33) - (long)(length * Second / 10)),
                    "freeze" => world.Silence(3.5 + length),
                    _ => world.Silence(Math.Min(length, 2.4)),
                };
                if (fault == "late") world.Play(Math.Min(length, 2.4), pace: 1000);
                world.Play(then);
            }

            return world.IsMonotonic && Math.Abs(world.Ends.Seconds - world.Wall) <= 0.2 + (0.001 * world.Wall);
        }, iter: 300);
    }

    /// <summary>A camera with sound that plays in real time, and does to its clock what it is told.</summary>
    private sealed class Source
    {
        private readonly SessionClock _clock = new();
        private readonly Random _random = new(5);
        private readonly Dictionary<int, MediaTime> _last = [];
        private long _source = 1000 * Second;
        private double _frames;

        public double Jitter { get; init; }

        public double Wall { get; private set; }

        public MediaTime Ends { get; private set; }

        public bool IsMonotonic { get; private set; } = true;

        /// <summary>Plays seconds of its times; returns where the video frames went.</summary>
        public List<SessionTime> Play(double seconds, double pace = 1)
        {
            var mapped = new List<SessionTime>();
            for (_frames += seconds * 25; _frames >= 1; _frames--)
            {
                var arrival = TimeSpan.FromSeconds(Wall + (_random.NextDouble() * Jitter));
                mapped.Add(Map(0, arrival));
                Map(1, arrival);
                _source += Frame;
                Wall += 0.04 / pace;
            }

            return mapped;
        }

        public Source Silence(double seconds)
        {
            Wall += seconds;
            return this;
        }

        public Source Skip(double seconds)
        {
            _source = Math.Max(0, _source + (long)(seconds * Second));
            return this;
        }

        public Source RestartAt(long source)
        {
            _source = source;
            return this;
        }

        private SessionTime Map(int track, TimeSpan arrival)
        {
            var raw = _source & ((1L << 33) - 1);
            var at = _clock.Map(new(track, raw, raw, Frame, 1, 90_000, 33, arrival));
            IsMonotonic &= !_last.TryGetValue(track, out var before) || at.Dts >= before;
            _last[track] = at.Dts;
            Ends = MediaTime.Max(Ends, at.Dts + at.Duration);
            return at;
        }
    }
}
