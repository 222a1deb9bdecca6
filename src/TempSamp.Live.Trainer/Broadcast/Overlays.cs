namespace TempSamp.Live.Trainer;

/// <summary>Graphics over the picture: price banner, countdown, chat and score. Still versions of each are distractors.</summary>
internal static class Overlays
{
    public static void Paint(Canvas c, in Take take, BroadcastScenario scenario, double t)
    {
        if (take.Shot.Scene == Scene.Slate || (take.Kind == EventKind.GoalReplay && take.On))
        {
            return;
        }

        if (take.Shot.Scene != Scene.Studio)
        {
            take.Look.Score.Paint(c, take, scenario, t);
            return;
        }

        Price(c, take);
        Countdown(c, take);
        Chat(c, take);
    }

    private static void Price(Canvas c, in Take take)
    {
        var changing = take.Kind is EventKind.PriceDrop or EventKind.PriceRise;
        if (!changing && take.Trait(60) > 0.35f)
        {
            return;
        }

        var down = take.Kind == EventKind.PriceDrop;
        var first = 300 + (int)(take.Trait(61) * 400);
        var way = 120 + (150 * take.Trait(62));
        var on = changing && take.On;
        var u = changing ? Math.Clamp(take.Phase, 0, 1) : 0;
        var price = first + (int)((down ? -1 : 1) * way * (on ? 0.05f + (0.95f * u) : u));
        var ink = down ? Ink.Green : Ink.Red;
        var (x, y) = (take.Trait(63) < 0.5f ? 0.46f : 1.20f, 0.84f);
        var size = on ? 1.25f : 1f;
        c.Box(x, y, 0.34f * size, 0.115f * size, Ink.Black, 0, 0.03f);
        c.Box(x, y, 0.325f * size, 0.10f * size, on ? ink : Ink.White, 0, 0.03f);
        c.Text(x + (on ? 0.10f : 0), y, 0.13f * size, on ? $"{price}" : $"${price}", on ? Ink.White : Ink.Black);
        if (on)
        {
            var bob = ((take.Clock * 1.4f) % 1 * 0.06f) - 0.03f;
            c.Wedge(x - 0.26f, y + (down ? bob : -bob), 0.11f, 0.09f, Ink.White, down);
        }
    }

    private static void Countdown(Canvas c, in Take take)
    {
        if (take.Kind != EventKind.Countdown || !take.On)
        {
            return;
        }

        var x = take.Trait(70) < 0.5f ? 0.32f : Lens.Wide - 0.32f;
        const float Y = 0.31f;
        var left = 1 - take.Phase;
        c.Disc(x, Y, 0.26f, Ink.Black, 0.85f);
        c.Ring(x, Y, 0.215f, 0.075f, Ink.Grey.Lit(0.5f));
        c.Ring(x, Y, 0.215f, 0.075f, Ink.Hsv(0.5f, 1, 1), left);
        c.Text(x, Y, 0.19f, $"{(int)MathF.Ceiling(left * 9.99f) - 1}", Ink.White);
    }

    private static void Chat(Canvas c, in Take take)
    {
        var flood = take.Kind == EventKind.ChatFlood;
        if (!flood && take.Trait(80) > 0.3f)
        {
            return;
        }

        var x = take.Trait(81) < 0.5f ? 0.05f : 1.10f;
        var on = flood && take.On;
        var pace = on ? 1.1f : 0.15f;
        var rows = on ? 9 : 1;
        for (var i = 0; i < rows; i++)
        {
            var turn = (take.Clock * pace) + (i / 9f);
            var y = 1.04f - (turn % 1 * (on ? 0.95f : 0.45f));
            var n = (ulong)((int)turn * 9) + (ulong)i + 800;
            var half = 0.14f + (0.10f * take.Trait(n));
            c.Box(x + half, y, half, 0.045f, Ink.Hsv(take.Trait(n + 5000), 0.55f, 1), 0, 0.03f);
            c.Box(x + 0.05f, y, 0.025f, 0.025f, Ink.White, 0, 0.02f);
            c.Rect(x + 0.10f, y - 0.012f, x + (2 * half) - 0.03f, y + 0.012f, Ink.Black, 0.8f);
        }
    }
}
