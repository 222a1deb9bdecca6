namespace TempSamp.Live.Trainer.Tests;

public class BroadcastScenarioTests
{
    private static readonly BroadcastDomain[] s_domains = Enum.GetValues<BroadcastDomain>();

    [Fact]
    public void Events_lie_on_the_half_second_grid_and_never_touch()
    {
        foreach (var scenario in Many(300))
        {
            var from = 0.0;
            foreach (var e in scenario.Events)
            {
                Assert.True(e.Start >= from, $"seed {scenario.Seed}: {e} begins before {from}");
                Assert.InRange(e.Length, 2, 9);
                Assert.Equal(Math.Round(e.Start * 2), e.Start * 2);
                Assert.Equal(Math.Round(e.End * 2), e.End * 2);
                from = e.End + 1;
            }

            Assert.True(scenario.Events[^1].End <= scenario.Seconds);
            Assert.InRange(scenario.Events.Count, 1, 6);
        }
    }

    [Fact]
    public void Takes_cover_the_broadcast_without_a_hole_and_hold_their_event()
    {
        foreach (var scenario in Many(300))
        {
            var at = 0.0;
            foreach (var shot in scenario.Shots)
            {
                Assert.Equal(at, shot.Start, 9);
                Assert.True(shot.End > shot.Start, $"seed {scenario.Seed}: empty take at {at}");
                Assert.True(shot.Event is not { } e || (e.Start >= shot.Start - 1e-9 && e.End <= shot.End + 1e-9), $"seed {scenario.Seed}: {shot} cuts its event");
                at = shot.End;
            }

            Assert.Equal(scenario.Seconds, at, 9);
        }
    }

    [Fact]
    public void A_domain_shows_its_own_events_and_a_kind_once_in_a_window()
    {
        foreach (var scenario in Many(300))
        {
            var kinds = scenario.Events.Select(e => e.Kind).ToList();
            Assert.Subset(EventKinds.Of(scenario.Domain).ToHashSet(), kinds.ToHashSet());
            Assert.Distinct(kinds);
            Assert.Empty(kinds.Intersect(scenario.AbsentKinds));
        }
    }

    [Fact]
    public void In_a_long_broadcast_a_kind_comes_at_most_once_in_forty_seconds()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            var scenario = BroadcastScenario.Create(s_domains[seed % 3], seed, 240);
            foreach (var kind in scenario.Events.GroupBy(e => e.Kind))
            {
                Assert.All(kind.Zip(kind.Skip(1)), pair => Assert.True(pair.Second.Start - pair.First.End > 40, $"seed {seed}: {pair}"));
            }
        }
    }

    [Fact]
    public void The_seed_decides_everything()
    {
        foreach (var domain in s_domains)
        {
            var first = BroadcastScenario.Create(domain, 7, 32);
            var again = BroadcastScenario.Create(domain, 7, 32);
            var other = BroadcastScenario.Create(domain, 8, 32);
            Assert.Equal(first.Events, again.Events);
            Assert.Equal(first.Shots, again.Shots);
            Assert.NotEqual(first.Shots, other.Shots);
        }
    }

    [Fact]
    public void Footage_in_front_moves_every_event_by_its_length()
    {
        var scenario = BroadcastScenario.Create(BroadcastDomain.Mixed, 11, 32);
        var later = scenario.Delayed(7.5, 99);
        Assert.Equal(39.5, later.Seconds);
        Assert.Equal(scenario.Events.Select(e => e with { Start = e.Start + 7.5, End = e.End + 7.5 }), later.Events);
    }

    private static IEnumerable<BroadcastScenario> Many(int count) =>
        Enumerable.Range(0, count).Select(i => BroadcastScenario.Create(s_domains[i % 3], (ulong)i, 32));
}
