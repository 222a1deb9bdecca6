namespace TempSamp.Live.Trainer;

/// <summary>The corner flag. A waiting player lifts an arm, runs up and kicks; the ball flies out of the picture.</summary>
internal static class CornerScene
{
    public static void Paint(Canvas c, in Take take)
    {
        Grounds.Paint(c, take, 0.30f);
        c.Line(0.30f, 0.86f, 2, 0.86f, 0.02f, Ink.White);
        c.Line(0.30f, 0.86f, -0.1f, 1.2f, 0.02f, Ink.White);
        c.Ring(0.30f, 0.86f, 0.20f, 0.02f, Ink.White);
        var wave = 0.03f * MathF.Sin(take.Clock * 5);
        c.Line(0.30f, 0.86f, 0.30f, 0.30f, 0.025f, Ink.White);
        c.Box(0.41f, 0.38f + wave, 0.11f, 0.08f, Ink.Hsv(0.07f, 1, 1), wave * 4);

        for (var i = 0; i < 3; i++)
        {
            var leap = take.On && take.Phase > 0.5f ? 0.10f * Math.Abs(MathF.Sin((take.Clock * 7) + i)) : 0;
            (Grounds.Player(take, i, 1.32f + (0.12f * i), 0.58f - leap + (0.03f * i), 0.26f) with
            {
                LeftArm = leap > 0 ? 2.2f : 0.3f, RightArm = leap > 0 ? 2.2f : 0.3f, Stride = 0.04f,
            }).Paint(c);
        }

        var run = take.Kind == EventKind.CornerKick && take.Phase >= 0 ? Take.Ease(take.Phase, -0.06f, 0.34f) : 0;
        var running = run is > 0 and < 1;
        (Grounds.Player(take, 1, Take.Mix(0.98f, 0.60f, run), 0.93f, 0.52f) with
        {
            LeftArm = running ? 2.7f : 0.3f,
            RightArm = running ? 0.9f : 0.3f,
            Stride = running ? 0.16f * MathF.Sin(take.Clock * 10) : take.On ? 0.12f : 0.03f,
        }).Paint(c);

        var fly = take.Kind == EventKind.CornerKick ? (take.Phase - 0.32f) / 0.62f : 0;
        if (fly < 1)
        {
            fly = Math.Max(0, fly);
            var (x, y) = (Take.Mix(0.46f, 1.9f, fly), 0.87f - (0.81f * MathF.Sin(fly * 2.4f)));
            if (fly > 0)
            {
                c.Line(Take.Mix(0.46f, 1.9f, fly - 0.1f), 0.87f - (0.81f * MathF.Sin(Math.Max(0, fly - 0.1f) * 2.4f)), x, y, 0.06f, Ink.White, 0.5f);
            }

            Grounds.Ball(c, x, y, 0.048f);
        }
    }
}
