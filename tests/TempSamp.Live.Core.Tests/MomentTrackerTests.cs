namespace TempSamp.Live.Core.Tests;

public class MomentTrackerTests
{
    private static readonly HighlightQuery _goal = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);

    [Fact]
    public void Moment_seen_in_two_windows_settles_once()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Empty(tracker.Observe([Seen(0, 20, 12, 16)]));
        var moment = Assert.Single(tracker.Observe([Seen(4, 24, 12, 17)]));
        Assert.Equal(2, moment.Sightings.Count);
        Assert.Empty(tracker.Observe([Seen(8, 28, 12, 16)]));
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void Moment_cut_off_at_the_right_edge_waits_for_its_end()
    {
        var tracker = new MomentTracker([_goal], new TrackerOptions { MinSightings = 1 });
        Assert.Empty(tracker.Observe([Seen(0, 20, 15, 20)]));
        Assert.Empty(tracker.Observe([Seen(4, 24, 15, 24)]));
        var moment = Assert.Single(tracker.Observe([Seen(8, 28, 15, 25)]));
        Assert.Equal(TimeRange.FromSeconds(15, 25), moment.Span);
    }

    [Fact]
    public void An_end_that_one_window_saw_waits_for_a_second_that_agrees()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Empty(Observe(tracker, Seen(0, 16, 14, 16), Seen(4, 18, 14, 17), Seen(4, 20, 14, 20), Seen(8, 22, 14, 22)));
        Assert.Equal(TimeRange.FromSeconds(14, 22), Assert.Single(Observe(tracker, Seen(8, 24, 14, 22), Seen(12, 26, 14, 22))).Span);
    }

    [Fact]
    public void A_window_that_shows_a_told_moment_says_nothing_of_a_second_one()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Single(Observe(tracker, Seen(0, 14, 5, 10), Seen(0, 16, 5, 10)));

        Assert.Empty(Observe(tracker, Seen(4, 18, 12, 15), Seen(4, 20, 12, 15)));
        Assert.Empty(Observe(tracker, Absent(8, 22) with { Window = TimeRange.FromSeconds(10, 22) }));
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void A_second_moment_is_told_as_soon_as_a_window_shows_it_alone()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Single(Observe(tracker, Seen(0, 14, 5, 10), Seen(0, 16, 5, 10)));

        Assert.Empty(Observe(tracker, Seen(4, 18, 12, 15), Seen(4, 20, 12, 15)));
        Assert.Equal(TimeRange.FromSeconds(12, 15), Assert.Single(Observe(tracker, Seen(10, 22, 12, 15))).Span);
    }

    [Fact]
    public void A_second_moment_that_no_window_shows_alone_is_told_when_out_of_sight()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Single(Observe(tracker, Seen(0, 14, 5, 10), Seen(0, 16, 5, 10)));

        Assert.Empty(Observe(tracker, Seen(4, 18, 12, 15), Seen(4, 20, 12, 15)));
        Assert.Equal(TimeRange.FromSeconds(12, 15), Assert.Single(Observe(tracker, Absent(16, 32))).Span);
    }

    [Fact]
    public void A_reworded_query_settles_what_its_old_form_saw_and_tells_it_only_once()
    {
        var tracker = new MomentTracker([_goal]);
        tracker.Observe([Seen(0, 20, 15, 20)]);
        tracker.Observe([Seen(1, 20, 15, 20)]);
        var reworded = _goal with { Text = "the ball is in the net" };
        Assert.Equal(TimeRange.FromSeconds(15, 20), Assert.Single(tracker.Change([reworded])).Span);
        Assert.Empty(tracker.Observe([Seen(4, 24, 15, 21)]));
        Assert.Empty(tracker.Observe([Seen(8, 28, 15, 21)]));
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void A_reworded_query_knows_nothing_of_what_its_old_form_denied()
    {
        var tracker = new MomentTracker([_goal], new TrackerOptions { MinSightings = 1 });
        foreach (var start in new[] { 0, 1, 2, 3 }) tracker.Observe([Absent(start, start + 20)]);
        tracker.Change([_goal with { Text = "the ball is in the net" }]);
        Assert.Single(tracker.Observe([Seen(4, 24, 12, 16)]));
    }

    [Fact]
    public void A_query_that_keeps_its_sentence_keeps_what_it_has_seen()
    {
        var tracker = new MomentTracker([_goal]);
        tracker.Observe([Seen(0, 20, 12, 16)]);
        Assert.Empty(tracker.Change([_goal with { Threshold = 0.6 }, _goal with { Id = "card" }]));
        Assert.Single(tracker.Observe([Seen(4, 24, 12, 17)]));
    }

    [Fact]
    public void A_query_that_is_taken_away_settles_and_is_unknown_afterwards()
    {
        var tracker = new MomentTracker([_goal, _goal with { Id = "card" }]);
        tracker.Observe([Seen(0, 20, 15, 20)]);
        tracker.Observe([Seen(1, 20, 15, 20)]);
        Assert.Single(tracker.Change([_goal with { Id = "card" }]));
        Assert.Throws<KeyNotFoundException>(() => tracker.Observe([Seen(4, 24, 12, 16)]));
    }

    [Fact]
    public void One_odd_window_does_not_move_the_span()
    {
        var tracker = new MomentTracker([_goal], new TrackerOptions { MinSightings = 3 });
        tracker.Observe([Seen(0, 20, 12, 16)]);
        tracker.Observe([Seen(4, 24, 6, 23)]);
        tracker.Observe([Seen(5, 25, 12, 16)]);
        var moment = Assert.Single(tracker.Observe([Seen(6, 26, 12, 16)]));
        Assert.Equal(TimeRange.FromSeconds(12, 16), moment.Span);
    }

    [Fact]
    public void A_single_sighting_that_later_windows_deny_is_dropped()
    {
        var tracker = new MomentTracker([_goal]);
        var moments = new[] { Seen(0, 20, 12, 16), Absent(4, 24), Absent(8, 28), Absent(12, 32), Absent(20, 40) }.SelectMany(verdict => tracker.Observe([verdict]));
        Assert.Empty(moments);
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void A_single_sighting_that_later_windows_see_elsewhere_is_dropped()
    {
        var tracker = new MomentTracker([_goal]);
        var moments = new[] { Seen(0, 16, 4, 8), Seen(2, 18, 11, 14), Seen(4, 20, 11, 14), Seen(12, 28, 20, 24) }.SelectMany(verdict => tracker.Observe([verdict])).ToList();
        Assert.Equal(TimeRange.FromSeconds(11, 14), Assert.Single(moments).Span);
    }

    [Fact]
    public void The_tail_of_a_settled_event_at_a_window_s_left_edge_founds_no_second_moment()
    {
        var tracker = new MomentTracker([_goal]);
        var moments = new[] { Seen(4, 20, 19, 20), Seen(8, 24, 19, 23), Seen(10, 26, 19, 23), Seen(16, 32, 19, 23), Seen(20, 36, 20, 23), Seen(22, 38, 22, 31), Absent(24, 40), Absent(32, 48) }
            .SelectMany(verdict => tracker.Observe([verdict])).ToList();
        Assert.Equal(TimeRange.FromSeconds(19, 23), Assert.Single(moments).Span);
    }

    [Fact]
    public void Windows_that_begin_where_a_settled_event_ends_tell_its_rest_no_second_time()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Single(Observe(tracker, Seen(0, 16, 4, 12), Seen(2, 18, 4, 12)));

        Assert.Empty(Observe(tracker, Seen(12, 28, 12, 13.5), Seen(12, 30, 12, 13.5)));
        Assert.Equal(TimeRange.FromSeconds(15, 18), Assert.Single(Observe(tracker, Seen(14, 30, 15, 18), Seen(14, 32, 15, 18))).Span);
    }

    [Fact]
    public void An_event_at_a_window_s_start_is_told_where_nothing_before_it_was()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Single(Observe(tracker, Seen(0, 16, 2, 6), Seen(2, 18, 2, 6)));
        Assert.Single(Observe(tracker, Seen(12, 28, 12, 16), Seen(12, 30, 12, 16)));
    }

    [Fact]
    public void A_single_sighting_that_no_other_window_could_judge_settles_when_out_of_sight()
    {
        var tracker = new MomentTracker([_goal]);
        Assert.Empty(tracker.Observe([Seen(0, 20, 12, 16)]));
        Assert.Single(tracker.Observe([Absent(20, 24)]));
    }

    [Fact]
    public void The_end_of_the_stream_settles_what_is_open()
    {
        var tracker = new MomentTracker([_goal]);
        tracker.Observe([Seen(0, 20, 15, 20)]);
        Assert.Equal(TimeRange.FromSeconds(15, 20), Assert.Single(tracker.Flush()).Span);
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void A_presence_below_the_threshold_is_no_sighting()
    {
        var tracker = new MomentTracker([_goal]);
        tracker.Observe([Seen(0, 20, 12, 16) with { Presence = 0.49 }]);
        tracker.Observe([Seen(4, 24, 12, 16) with { Presence = 0.49 }]);
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void Answers_that_do_not_parse_neither_see_nor_deny()
    {
        var tracker = new MomentTracker([_goal]);
        tracker.Observe([Seen(0, 20, 12, 16)]);
        Assert.Empty(tracker.Observe([Seen(4, 24, 0, 0) with { Span = null, Answer = "?" }]));
        Assert.Single(tracker.Observe([Seen(8, 28, 12, 16)]));
    }

    [Fact]
    public void Two_events_in_one_window_become_two_moments()
    {
        var tracker = new MomentTracker([_goal]);
        WindowVerdict[] verdicts = [Seen(0, 20, 4, 8), Seen(2, 22, 4, 8), Seen(4, 24, 14, 18), Seen(6, 26, 14, 18), Seen(8, 28, 14, 18)];
        Assert.Equal([TimeRange.FromSeconds(4, 8), TimeRange.FromSeconds(14, 18)], verdicts.SelectMany(verdict => tracker.Observe([verdict])).Select(moment => moment.Span));
    }

    [Fact]
    public void Short_sightings_a_second_apart_are_one_moment()
    {
        var tracker = new MomentTracker([_goal]);
        tracker.Observe([Seen(0, 20, 10, 11)]);
        Assert.Single(tracker.Observe([Seen(4, 24, 11, 12)]));
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void Moments_inside_the_cooldown_are_refused()
    {
        var calm = _goal with { Policy = ClipPolicy.Default with { Cooldown = TimeSpan.FromSeconds(30) } };
        var tracker = new MomentTracker([calm], new TrackerOptions { MinSightings = 1 });
        Assert.Single(tracker.Observe([Seen(0, 20, 4, 8)]));
        Assert.Empty(tracker.Observe([Seen(10, 30, 20, 24)]));
        Assert.Single(tracker.Observe([Seen(30, 50, 40, 44)]));
    }

    [Fact]
    public void A_span_outside_its_window_is_no_sighting()
    {
        var tracker = new MomentTracker([_goal], new TrackerOptions { MinSightings = 1 });
        tracker.Observe([Seen(0, 20, 30, 40)]);
        Assert.Empty(tracker.Flush());
    }

    [Fact]
    public void A_verdict_of_an_unknown_query_is_an_error() =>
        Assert.Throws<KeyNotFoundException>(() => new MomentTracker([_goal]).Observe([Seen(0, 20, 12, 16) with { QueryId = "card" }]));

    private static List<Moment> Observe(MomentTracker tracker, params WindowVerdict[] verdicts) => [.. verdicts.SelectMany(verdict => tracker.Observe([verdict]))];

    private static WindowVerdict Seen(double from, double to, double start, double end) =>
        new("goal", TimeRange.FromSeconds(from, to), TimeRange.FromSeconds(start, end), 0.9, 0.8, $"<answer>{start} to {end}</answer>");

    private static WindowVerdict Absent(double from, double to) => Seen(from, to, from, to) with { Presence = 0.1 };
}
