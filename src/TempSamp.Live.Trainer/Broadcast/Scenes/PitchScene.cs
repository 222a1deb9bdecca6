namespace TempSamp.Live.Trainer;

/// <summary>
/// The wide view of a goal. Goal and near miss are the same take until the ball is at the goal; a replay shows a goal again,
/// slowly and closer, between two wipes.
/// </summary>
internal static class PitchScene
{
    private const float Left = 1.16f;
    private const float Right = 1.54f;
    private const float Bar = 0.27f;
    private const float Line = 0.62f;
    private const float Arrival = 0.5f; // share of the event at which the ball reaches the goal
    private const float FootX = 0.60f;
    private const float FootY = 0.85f;

    public static void Paint(Canvas c, in Take take)
    {
        var replay = take.Kind == EventKind.GoalReplay;
        if (!replay || !take.On)
        {
            Play(c, take, replay ? -1 : take.Phase, replay ? null : take.Kind);
            return;
        }

        var closer = c.Through(c.View with { Zoom = c.View.Zoom * 1.2f, X = c.View.X + (c.View.Mirror ? 0.12f : -0.12f), Mirror = !c.View.Mirror });
        Play(closer, take, -0.06f + (take.Phase * 0.95f), EventKind.Goal);
        ReplayFrame(c.Through(Lens.Plain), take);
    }

    private static void Play(Canvas c, in Take take, float phase, EventKind? kind)
    {
        var on = phase is >= 0 and < 1;
        var scored = kind == EventKind.Goal;
        Grounds.Paint(c, take, 0.24f);
        c.Rect(1.0f, Line, 2, Line + 0.012f, Ink.White);
        c.Line(1.0f, Line, 0.80f, 1.1f, 0.014f, Ink.White);
        var shake = scored && phase is > Arrival and < 1 ? 0.03f * MathF.Sin(take.Clock * 17) : 0;
        Goal(c, shake);
        for (var i = 0; i < 4; i++)
        {
            Jogger(c, take, i);
        }

        var (x, y) = Ball(take, phase, kind);
        Keeper(c, take, phase, scored);
        Shooter(c, take, phase, scored);
        if (on && phase < Arrival + 0.1f)
        {
            var (bx, by) = Ball(take, Math.Max(0, phase - 0.08f), kind);
            c.Line(bx, by, x, y, 0.05f, Ink.White, 0.5f);
        }

        Grounds.Ball(c, x, y, Take.Mix(0.042f, 0.034f, Take.Ease(phase, 0, Arrival)));
    }

    private static (float X, float Y) Ball(in Take take, float phase, EventKind? kind)
    {
        if (phase < 0 || kind is null)
        {
            var roam = kind is null ? 1 : Take.Ease(take.Until, 0.2f, 1.5f);
            var swing = take.Sway(1, 1.6f);
            return (Take.Mix(FootX, 0.42f + (0.2f * swing), roam), Take.Mix(FootY, 0.80f + (0.06f * take.Sway(2)), roam));
        }

        var aim = 1.35f + (0.08f * (take.Trait(3) - 0.5f));
        var flight = 0.10f + (0.90f * Math.Min(1, phase / Arrival));
        var (gx, gy) = (Left + 0.02f, 0.44f); // both kinds come to here in the same way
        if (phase < Arrival)
        {
            return (Take.Mix(FootX, gx, flight), Take.Mix(FootY, gy, flight) - (0.16f * MathF.Sin(flight * MathF.PI)));
        }

        var after = Take.Ease(phase, Arrival, Arrival + 0.14f);
        if (kind == EventKind.Goal)
        {
            var fall = Take.Ease(phase, Arrival + 0.10f, Arrival + 0.2f);
            return (Take.Mix(gx, aim, after), Take.Mix(gy, Line - 0.04f, fall));
        }

        return take.Trait(4) < 0.5f
            ? (Take.Mix(gx, 1.62f, after), Take.Mix(gy, 0.02f, after) - (phase > 0.8f ? 0.5f : 0)) // over the bar
            : (Take.Mix(gx, 1.75f, after), Take.Mix(gy, 0.80f, after)); // past the near post
    }

    private static void Goal(Canvas c, float shake)
    {
        c.Rect(Left, Bar, Right, Line, Ink.Black, 0.55f);
        for (var i = 1; i < 8; i++)
        {
            var x = Left + ((Right - Left) * i / 8);
            c.Line(x, Bar, x + (shake * 1.3f), (Bar + Line) / 2, 0.008f, Ink.White, 0.7f);
            c.Line(x + (shake * 1.3f), (Bar + Line) / 2, x, Line, 0.008f, Ink.White, 0.7f);
        }

        for (var i = 1; i < 6; i++)
        {
            var y = Bar + ((Line - Bar) * i / 6);
            c.Line(Left, y, Right, y + shake, 0.008f, Ink.White, 0.7f);
        }

        if (shake != 0)
        {
            c.Rect(Left, Bar, Right, Line, Ink.White, 0.30f + (6 * Math.Abs(shake)));
        }

        c.Line(Left, Bar, Left, Line, 0.03f, Ink.White);
        c.Line(Right, Bar, Right, Line, 0.03f, Ink.White);
        c.Line(Left, Bar, Right, Bar, 0.03f, Ink.White);
    }

    private static void Keeper(Canvas c, in Take take, float phase, bool scored)
    {
        var dive = phase is > Arrival and < 1 ? Take.Ease(phase, Arrival, Arrival + 0.1f) * (1 - Take.Ease(phase, 0.85f, 1)) : 0;
        var x = 1.33f + (0.03f * take.Sway(6)) - (0.08f * dive);
        var arms = phase is > Arrival and < 1 ? (scored ? 0.1f : 1.6f) : 0.8f;
        new Figure(x, Line + 0.02f + (0.03f * dive), 0.27f, take.Look.Keeper, Ink.Black, take.Look.Skin, take.Look.Hair)
        {
            LeftArm = arms, RightArm = arms, Lean = scored ? -0.25f * dive : 0,
        }.Paint(c);
    }

    // Scorer: runs to the goal with both arms up. Misser: stands, hands on the head.
    private static void Shooter(Canvas c, in Take take, float phase, bool scored)
    {
        var after = phase is > Arrival + 0.05f and < 1;
        var x = 0.52f + (scored && phase > Arrival ? 0.25f * Take.Ease(phase, Arrival, 1) : 0);
        var hop = after && scored ? 0.05f * Math.Abs(MathF.Sin(take.Clock * 8)) : 0;
        var kick = phase is >= 0 and < 0.25f ? 0.12f : 0.05f + (after && scored ? 0.05f : 0);
        (Grounds.Player(take, 0, x, 0.90f - hop, 0.36f) with
        {
            LeftArm = after ? (scored ? 2.5f : 2.9f) : 0.4f, RightArm = after ? (scored ? 2.5f : 2.9f) : 0.4f, Stride = kick,
        }).Paint(c);
    }

    private static void Jogger(Canvas c, in Take take, int i)
    {
        var n = (ulong)i;
        var x = 0.15f + (0.25f * i) + (0.10f * take.Sway(20 + n, 0.8f));
        var foot = 0.58f + (0.22f * take.Trait(30 + n)) + (0.02f * take.Sway(40 + n));
        (Grounds.Player(take, i, x, foot, 0.25f) with { Stride = 0.07f * take.Sway(50 + n, 6) }).Paint(c);
    }

    private static void ReplayFrame(Canvas c, in Take take)
    {
        var ink = take.Look.Wipe;
        c.Rect(0, 0, Lens.Wide, 0.07f, ink);
        c.Rect(0, 0.93f, Lens.Wide, 1, ink);
        c.Rect(0, 0, 0.07f, 1, ink);
        c.Rect(Lens.Wide - 0.07f, 0, Lens.Wide, 1, ink);
        c.Box(0.27f, 0.86f, 0.20f, 0.06f, Ink.White, 0, 0.02f);
        c.Text(0.27f, 0.86f, 0.07f, "REPLAY", Ink.Black);
        var wipe = Math.Min(0.2f, 0.55f / (float)take.Shot.Event!.Value.Length);
        var edge = take.Phase < wipe ? take.Phase / wipe : take.Phase > 1 - wipe ? (1 - take.Phase) / wipe : 1;
        if (edge < 1)
        {
            var x = Take.Mix(0.5f, 2.6f, edge);
            c.Box(x, 0.5f, 0.75f, 1.4f, ink, 0.35f);
            c.Box(x, 0.5f, 0.20f, 1.4f, Ink.White, 0.35f);
        }
    }
}
