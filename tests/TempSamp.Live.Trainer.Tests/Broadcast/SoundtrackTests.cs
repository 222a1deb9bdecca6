namespace TempSamp.Live.Trainer.Tests;

public class SoundtrackTests
{
    [Fact]
    public void Sound_lasts_as_long_as_the_picture_is_heard_and_does_not_clip()
    {
        var scenario = BroadcastScenario.Create(BroadcastDomain.Mixed, 21, 32);
        var sound = Soundtrack.Render(scenario);
        Assert.Equal(32 * Soundtrack.Rate, sound.Length);
        Assert.InRange(Math.Sqrt(sound.Average(s => (double)s * s)), 200, 12_000);
        Assert.True(sound.Count(s => Math.Abs((int)s) > 27_500) < sound.Length / 1000);
    }

    [Fact]
    public void The_seed_decides_the_sound()
    {
        Assert.Equal(Soundtrack.Render(BroadcastScenario.Create(BroadcastDomain.Shop, 4, 8)), Soundtrack.Render(BroadcastScenario.Create(BroadcastDomain.Shop, 4, 8)));
        Assert.NotEqual(Soundtrack.Render(BroadcastScenario.Create(BroadcastDomain.Shop, 4, 8)), Soundtrack.Render(BroadcastScenario.Create(BroadcastDomain.Shop, 5, 8)));
    }

    [Fact]
    public void Many_roars_and_whistles_mean_nothing_and_many_events_are_silent()
    {
        var (cues, falseCues, events, silent) = (0, 0, 0, 0);
        for (ulong seed = 0; seed < 300; seed++)
        {
            var scenario = BroadcastScenario.Create(BroadcastDomain.Sports, seed, 32);
            var loud = SoundCues.Of(scenario).Where(c => c.Kind is CueKind.Roar or CueKind.Whistle).ToList();
            cues += loud.Count;
            falseCues += loud.Count(c => !scenario.Events.Any(e => c.At >= e.Start && c.At < e.End));
            var sounding = scenario.Events.Where(e => e.Kind is EventKind.Goal or EventKind.Celebration or EventKind.RedCard).ToList();
            events += sounding.Count;
            silent += sounding.Count(e => !loud.Any(c => c.At >= e.Start && c.At < e.End));
        }

        Assert.InRange(falseCues / (double)cues, 0.2, 0.6);
        Assert.InRange(silent / (double)events, 0.15, 0.4);
    }
}
