namespace TempSamp.Live.Trainer;

/// <summary>Referee and player, close. A card is pulled and held up, or only an empty hand with the same movement.</summary>
internal static class RefereeScene
{
    public static void Paint(Canvas c, in Take take)
    {
        Grounds.Paint(c, take, 0.42f);
        var red = take.Kind == EventKind.RedCard;
        var card = take.Kind is EventKind.RedCard or EventKind.YellowCard;
        var gesture = take.Shot.Filler == Filler.Gesture && take.Kind is null ? Math.Max(0, MathF.Sin((take.Clock * 1.1f) + (take.Trait(1) * 6))) : 0;
        var raise = card && take.On ? Take.Ease(take.Phase, -0.12f, 0.12f) * (1 - (0.6f * Take.Ease(take.Phase, 0.9f, 1))) : gesture;

        var walk = red ? Take.Ease(take.Phase, 0.4f, 1) : 0;
        var protest = (card && !red && take.On && take.Phase > 0.35f) || gesture > 0.7f ? 1 : 0;
        (Grounds.Player(take, (int)(take.Trait(2) * 2), 1.22f + (0.75f * walk) + (0.02f * take.Sway(3)), 1.30f, 1.05f) with
        {
            LeftArm = protest > 0 ? 1.8f + (0.4f * MathF.Sin(take.Clock * 9)) : 0.2f,
            RightArm = protest > 0 ? 1.8f - (0.4f * MathF.Sin(take.Clock * 9)) : 0.2f,
            Stride = walk is > 0 and < 1 ? 0.12f * MathF.Sin(take.Clock * 8) : 0,
            Lean = -0.04f * walk,
        }).Paint(c);

        var look = take.Look;
        var referee = new Figure(0.60f + (0.015f * take.Sway(4)), 1.40f, 1.15f, look.Referee, Ink.Black, look.Skin, look.Hair)
        {
            LeftArm = 0.2f,
            RightArm = Take.Mix(0.35f, card ? 2.7f : 2.0f + take.Trait(5), raise),
        };
        referee.Paint(c);
        if (card && take.On)
        {
            var (x, y) = referee.RightHand;
            var tilt = 0.12f * MathF.Sin(take.Clock * 5);
            c.Box(x, y - 0.05f, 0.125f, 0.165f, Ink.Black, tilt, 0.02f);
            c.Box(x, y - 0.05f, 0.11f, 0.15f, red ? Ink.Red : Ink.Yellow, tilt, 0.02f);
        }
    }
}
