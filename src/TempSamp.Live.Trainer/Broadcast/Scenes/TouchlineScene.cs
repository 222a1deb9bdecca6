namespace TempSamp.Live.Trainer;

/// <summary>The fourth official at the touchline. The board goes up with two lit numbers while two players cross.</summary>
internal static class TouchlineScene
{
    public static void Paint(Canvas c, in Take take)
    {
        Grounds.Paint(c, take, 0.48f);
        c.Rect(-1, 0.90f, 3, 0.925f, Ink.White);
        var on = take.Kind == EventKind.Substitution && take.On;
        var cross = take.Kind == EventKind.Substitution ? Math.Clamp(take.Phase, 0, 1) : 0;
        var step = on ? 0.12f * MathF.Sin(take.Clock * 9) : 0.02f;
        var look = take.Look;
        var up = on ? Take.Ease(take.Phase, -0.1f, 0.1f) : 0;

        (Grounds.Player(take, 0, Take.Mix(1.50f, 0.18f, cross), 0.86f, 0.56f) with { Stride = step }).Paint(c);
        new Figure(0.84f, 0.97f, 0.72f, look.Referee, Ink.Black, look.Skin, look.Hair)
        {
            LeftArm = Take.Mix(0.15f, 2.9f, up), RightArm = Take.Mix(0.15f, 2.9f, up),
        }.Paint(c);
        var y = Take.Mix(0.66f, 0.19f, up);
        c.Box(0.84f, y, 0.36f, 0.14f, Ink.Black, 0, 0.03f);
        if (on)
        {
            c.Box(0.66f, y, 0.16f, 0.115f, Ink.Red.Lit(0.45f), 0, 0.02f);
            c.Box(1.02f, y, 0.16f, 0.115f, Ink.Green.Lit(0.4f), 0, 0.02f);
            c.Text(0.66f, y, 0.18f, Number(take, 1), Ink.Hsv(0, 0.6f, 1));
            c.Text(1.02f, y, 0.18f, Number(take, 2), Ink.Hsv(0.36f, 0.6f, 1));
        }

        (Grounds.Player(take, 0, Take.Mix(0.18f, 1.50f, cross), 0.99f, 0.62f) with { Stride = -step }).Paint(c);
    }

    private static string Number(in Take take, ulong name) => (2 + (int)(take.Trait(name) * 30)).ToString();
}
