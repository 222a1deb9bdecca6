namespace TempSamp.Live.Trainer;

/// <summary>What can be heard over the bed.</summary>
internal enum CueKind
{
    Roar,
    Whistle,
    Till,
    Tick,
    Ping,
    Rustle,
}

/// <summary>One sound at a time, seconds.</summary>
internal readonly record struct SoundCue(CueKind Kind, double At, double Length);

/// <summary>Which sounds a scenario has: those of its events, of which some are missing, and false ones anywhere.</summary>
internal static class SoundCues
{
    private const double Missing = 0.3;

    public static IEnumerable<SoundCue> Of(BroadcastScenario scenario)
    {
        var dice = new Dice(Dice.Hash(scenario.Seed, 0x50D));
        foreach (var e in scenario.Events)
        {
            var heard = !dice.Chance(Missing);
            foreach (var cue in heard ? Of(e) : [])
            {
                yield return cue;
            }
        }

        for (var t = 12 * dice.Exponential(); t < scenario.Seconds - 3; t += 4 + (12 * dice.Exponential()))
        {
            var shot = scenario.Shots.Last(s => s.Start <= t);
            var sports = shot.Scene is not (Scene.Studio or Scene.Slate);
            yield return new SoundCue(
                sports ? dice.Chance(0.5) ? CueKind.Roar : CueKind.Whistle : dice.Pick<CueKind>([CueKind.Till, CueKind.Tick, CueKind.Ping, CueKind.Rustle]),
                t,
                sports ? dice.Range(0.3, 2.5) : 0.5);
        }
    }

    private static IEnumerable<SoundCue> Of(ScenarioEvent e) => e.Kind switch
    {
        EventKind.Goal or EventKind.NearMiss => [new(CueKind.Roar, e.Start + (e.Length / 2), e.Length / 2)],
        EventKind.Celebration => [new(CueKind.Roar, e.Start, e.Length)],
        EventKind.YellowCard or EventKind.RedCard or EventKind.CornerKick => [new(CueKind.Whistle, e.Start, 0.5)],
        EventKind.PriceDrop or EventKind.PriceRise => [new(CueKind.Till, e.Start, 1)],
        EventKind.Countdown => Repeat(CueKind.Tick, e, 1),
        EventKind.ChatFlood => Repeat(CueKind.Ping, e, 0.3),
        EventKind.ProductReveal or EventKind.ProductPutAway => [new(CueKind.Rustle, e.Start, Math.Min(1.5, e.Length))],
        _ => [],
    };

    private static IEnumerable<SoundCue> Repeat(CueKind kind, ScenarioEvent e, double every)
    {
        for (var t = e.Start; t < e.End; t += every)
        {
            yield return new SoundCue(kind, t, every);
        }
    }
}
