namespace TempSamp.Live.Trainer;

/// <summary>Players on the grass. They run together and jump under confetti, or only walk about.</summary>
internal static class HuddleScene
{
    public static void Paint(Canvas c, in Take take)
    {
        Grounds.Paint(c, take, 0.36f);
        var on = take.Kind == EventKind.Celebration && take.On;
        var near = on ? Take.Ease(take.Phase, -0.1f, 0.15f) * (1 - (0.7f * Take.Ease(take.Phase, 0.9f, 1))) : take.Phase >= 1 ? 0.3f : 0;
        for (var i = 0; i < 5; i++)
        {
            var n = (ulong)i;
            var home = 0.15f + (0.34f * i) + (0.05f * take.Sway(n));
            var leap = on ? 0.16f * Math.Abs(MathF.Sin((take.Clock * 6) + (i * 0.8f))) : 0;
            (Grounds.Player(take, 0, Take.Mix(home, 0.50f + (0.17f * i), near), 0.93f + (0.03f * (i % 2)) - leap, 0.52f) with
            {
                LeftArm = on ? 2.6f : 0.25f,
                RightArm = on ? 2.6f : 0.25f,
                Stride = on ? 0.08f : 0.05f * take.Sway(10 + n, 4),
            }).Paint(c);
        }

        for (var i = 0; on && i < 60; i++)
        {
            var n = (ulong)i + 100;
            var x = take.Trait(n) * Lens.Wide;
            var y = (take.Trait(n + 100) + (take.Clock * 0.5f)) % 1;
            c.Box(x, y, 0.022f, 0.014f, Ink.Hsv(take.Trait(n + 200), 0.8f, 1), (take.Clock * 6) + i);
        }
    }
}
