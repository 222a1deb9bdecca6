namespace TempSamp.Live.Grounding.Tests;

/// <summary>The decisions of the scheduler, without model, thread or clock.</summary>
public class SchedulingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_earliest_deadline_goes_first()
    {
        var board = new HopBoard();
        StreamTurn slow = new("slow", 10 * Second), quick = new("quick", Second), other = new("other", 4 * Second);
        board.Ask(slow, TimeSpan.Zero);
        board.Ask(other, Second);
        board.Ask(quick, 2 * Second);
        Assert.Equal(["quick", "other"], board.Take(2).Select(t => t.Id));
        Assert.Equal(["slow"], board.Take(2).Select(t => t.Id));
        Assert.Equal(0, board.Count);
    }

    [Fact]
    public void A_stream_has_one_pending_hop_and_keeps_its_deadline_when_a_newer_one_takes_its_place()
    {
        var board = new HopBoard();
        var turn = new StreamTurn("a", Second);
        Assert.False(board.Ask(turn, TimeSpan.Zero));
        Assert.True(board.Ask(turn, 5 * Second));
        Assert.Equal(Second, turn.Deadline);
        Assert.Equal(1, board.Count);
    }

    // Ten streams ask every second of a model that answers four of them a second.
    [Fact]
    public void Streams_that_are_too_many_are_served_alike()
    {
        var board = new HopBoard();
        var turns = Enumerable.Range(0, 10).Select(i => new StreamTurn($"s{i}", Second)).ToArray();
        var served = turns.ToDictionary(t => t.Id, _ => 0);
        for (var now = 0; now < 100; now++)
        {
            foreach (var turn in turns) board.Ask(turn, now * Second);
            foreach (var turn in board.Take(4)) served[turn.Id]++;
        }
        Assert.All(served.Values, count => Assert.InRange(count, 39, 41));
    }

    [Fact]
    public void A_batch_holds_what_fits_its_time_and_never_nothing()
    {
        var meter = new LoadMeter();
        Assert.Equal(1, meter.Fitting([10, 10, 10], Second));                   // nothing measured yet
        meter.Ran(100, 0.4 * Second);                                           // 4 ms a unit
        Assert.Equal(3, meter.Fitting([80, 80, 80, 80], Second));
        Assert.Equal(1, meter.Fitting([1000, 10], Second));
        meter.Ran(0, Second);
        Assert.Equal(0.004, meter.SecondsPerUnit!.Value, 1e-12);
    }

    [Fact]
    public void A_stream_that_does_not_fit_is_refused_with_the_numbers()
    {
        var one = new StreamDemand("a", 100, 2 * Second, 300_000_000);
        Assert.Null(Admission.Refusal(one, [], null, 0.9, null));
        Assert.Null(Admission.Refusal(one, [one], null, 0.9, 600_000_000));
        Assert.Contains("windows need 300 MB, 1 streams take 300 of 500 MB", Admission.Refusal(one, [one], null, 0.9, 500_000_000));
        Assert.Null(Admission.Refusal(one, [one], 0.009, 0.9, null));           // 45 % each
        var refusal = Admission.Refusal(one with { Stream = "b" }, [one], 0.01, 0.9, null);
        Assert.Contains("Stream b does not fit", refusal);
        Assert.Contains("takes about 1000 ms, 50 % of the model, and 1 streams take 50 % of the 90 %", refusal);
    }

    [Fact]
    public void Late_answers_take_one_step_a_period_and_calm_takes_them_back_in_turn()
    {
        var ladder = new DegradationLadder(new() { Period = 10 * Second, CalmPeriods = 2 }, [Rung.Hop, Rung.Phases, Rung.Resolution]);
        var steps = new List<(int At, Rung Rung, bool IsTaken)>();
        for (var now = 1; now <= 200; now++)
        {
            var isSlow = now <= 45;
            if (ladder.Observe(now * Second, isSlow ? Second : 0.1 * Second, 5, isSlow ? 2 : 0) is { } change) steps.Add((now, change.Rung, change.IsTaken));
        }
        Assert.Equal([(10, Rung.Hop, true), (20, Rung.Phases, true), (30, Rung.Resolution, true)], steps.Take(3));
        Assert.Equal([(Rung.Resolution, false), (Rung.Phases, false), (Rung.Hop, false)], steps.Skip(3).Select(s => (s.Rung, s.IsTaken)));
        Assert.True(steps[4].At - steps[3].At >= 20, "the second step back waits for calm of its own");
    }

    [Fact]
    public void Busy_but_punctual_changes_nothing_and_degrading_can_be_switched_off()
    {
        var busy = new DegradationLadder(new(), [Rung.Hop]);
        var off = new DegradationLadder(new() { Degrade = false }, [Rung.Hop]);
        for (var now = 1; now <= 100; now++)
        {
            Assert.Null(busy.Observe(now * Second, 0.95 * Second, 5, 0));
            Assert.Null(off.Observe(now * Second, Second, 5, 5));
        }
        Assert.False(busy.Has(Rung.Hop) || off.Has(Rung.Hop));
    }

    [Fact]
    public void A_step_says_why_with_the_numbers()
    {
        var ladder = new DegradationLadder(new(), [Rung.Hop]);
        ladder.Observe(Second, Second, 5, 1);
        Assert.Equal("3 of 10 answers were late in 10 s, load 20 %", ladder.Observe(10 * Second, Second, 5, 2)!.Why);
    }
}
