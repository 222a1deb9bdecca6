namespace TempSamp.Live.Trainer;

/// <summary>The score and clock in a corner. In most broadcasts at least one of them is late or wrong, so neither can be trusted.</summary>
internal sealed record ScoreBug(bool Left, bool Top, double Lag, bool ScoreLies, bool ClockLies, bool Shown, ulong Seed)
{
    public static ScoreBug Draw(ref Dice dice) => new(
        dice.Chance(0.5), dice.Chance(0.7), dice.Range(1, 8), dice.Chance(0.4), dice.Chance(0.5), dice.Chance(0.8), dice.Next());

    /// <summary>Goals on display: behind the truth by <see cref="Lag"/>, or turned over at random times that have nothing to do with goals.</summary>
    public int Goals(BroadcastScenario scenario, double t)
    {
        if (!ScoreLies)
        {
            return scenario.Events.Count(e => e.Kind == EventKind.Goal && e.End + Lag <= t);
        }

        var turned = 0;
        for (ulong i = 0; i * 15 < t; i++)
        {
            turned += t > (i * 15.0) + (15 * Dice.Unit(Seed, i)) ? 1 : 0;
        }

        return turned % 10;
    }

    /// <summary>Seconds on the burned-in clock; a lying clock starts anywhere and runs at its own pace, also backwards.</summary>
    public double Clock(BroadcastScenario scenario, double t) => ClockLies
        ? (6000 * Dice.Unit(Seed, 1)) + (t * ((6 * Dice.Unit(Seed, 2)) - 3))
        : scenario.ClockStart + t;

    public void Paint(Canvas c, in Take take, BroadcastScenario scenario, double t)
    {
        if (!Shown)
        {
            return;
        }

        var x = Left ? 0.30f : Lens.Wide - 0.30f;
        var y = Top ? 0.07f : 0.93f;
        var seconds = (int)Math.Abs(Clock(scenario, t));
        c.Box(x, y, 0.28f, 0.05f, Ink.Black, 0, 0.01f, 0.85f);
        c.Rect(x - 0.27f, y - 0.035f, x - 0.22f, y + 0.035f, take.Look.Home);
        c.Rect(x - 0.005f, y - 0.035f, x + 0.045f, y + 0.035f, take.Look.Away);
        c.Text(x - 0.115f, y, 0.055f, $"{Goals(scenario, t) % 10}-{(int)(Dice.Unit(Seed, 9) * 4)}", Ink.White);
        c.Text(x + 0.165f, y, 0.045f, $"{seconds / 60 % 100:00}:{seconds % 60:00}", Ink.White);
    }
}
