namespace TempSamp.Live.Trainer;

/// <summary>
/// A host behind a table. Reveal and put-away are one movement, forwards and backwards; drinking, showing and talking are not events.
/// </summary>
internal static class StudioScene
{
    private const float HostX = 0.46f;
    private const float TableTop = 0.80f;
    private const float CartonX = 0.95f;
    private const float WareX = 1.36f;
    private static readonly (float X, float Y) s_restLeft = (0.26f, 0.76f);
    private static readonly (float X, float Y) s_restRight = (0.68f, 0.76f);

    public static void Paint(Canvas c, in Take take)
    {
        var closeUp = take.Kind == EventKind.ProductCloseUp && take.On;
        if (closeUp)
        {
            c = c.Through(CloseLens(c.View, take));
        }

        Room(c, take);
        var boxed = take.Kind is EventKind.ProductReveal or EventKind.ProductPutAway;
        var tryOn = take.Kind == EventKind.TryOn;
        var left = (s_restLeft.X + (0.04f * take.Sway(1, 3)), s_restLeft.Y - (0.05f * Math.Abs(take.Sway(2, 2))));
        var right = s_restRight;
        if (boxed)
        {
            Boxed(c, take, left);
        }
        else if (tryOn)
        {
            TryOn(c, take, left);
        }
        else
        {
            Talk(c, take, left, right, closeUp);
        }
    }

    private static Lens CloseLens(Lens view, in Take take)
    {
        var near = Take.Ease(take.Phase, -0.10f, 0.12f) * (1 - Take.Ease(take.Phase, 0.88f, 1.10f));
        var x = view.Mirror ? Lens.Wide - WareX : WareX;
        return view with
        {
            Zoom = view.Zoom * Take.Mix(1, 2.9f, near),
            X = Take.Mix(view.X, x, near),
            Y = Take.Mix(view.Y, TableTop - 0.10f, near),
        };
    }

    private static void Room(Canvas c, in Take take)
    {
        var look = take.Look;
        c.Fill(look.Wall.Lit(0.9f), look.Wall);
        c.Rect(1.02f, -0.2f, 2, 0.12f, look.Wall.Lit(0.7f));
        c.Rect(1.10f, 0.30f, 1.60f, 0.32f, look.Wall.Lit(0.6f));
        c.Rect(0.02f, 0.10f, 0.14f, 0.60f, look.Wall.Lit(1.25f));
    }

    private static void Table(Canvas c, in Take take)
    {
        c.Rect(-1, TableTop - 0.06f, 3, 2, take.Look.Table);
        c.Rect(-1, TableTop + 0.06f, 3, 2, take.Look.Table.Lit(0.7f));
    }

    // 0: shut box; 0.25: open; 0.6: product up in the air; 1: product on the table beside the box.
    private static void Boxed(Canvas c, in Take take, (float X, float Y) left)
    {
        var reveal = take.Kind == EventKind.ProductReveal;
        var r = Math.Clamp(reveal ? take.Phase : 1 - take.Phase, 0, 1);
        var busy = take.On ? Take.Ease(take.Phase, -0.04f, 0.02f) * (1 - Take.Ease(take.Phase, 0.98f, 1.04f)) : 0;
        var open = 0.15f * (take.On ? 1 : 0) + (0.85f * Take.Ease(r, 0, 0.25f));
        open = Math.Min(1, r > 0.25f ? 1 : open);
        var x = Take.Mix(CartonX, WareX, Take.Ease(r, 0.6f, 1));
        var foot = Take.Mix(Take.Mix(TableTop, TableTop - 0.40f, Take.Ease(r, 0.22f, 0.6f)), TableTop, Take.Ease(r, 0.65f, 1));
        var grip = r < 0.22f ? (CartonX - 0.12f, TableTop - 0.30f) : (x - 0.06f, foot - 0.10f);
        var right = (Take.Mix(s_restRight.X, grip.Item1, busy), Take.Mix(s_restRight.Y, grip.Item2, busy));

        Host(c, take, 0, left);
        Table(c, take);
        Wares.CartonBack(c, CartonX, TableTop, open);
        if (r > 0.22f && r < 0.66f)
        {
            Ware(c, take, x, foot, 1);
        }

        Wares.CartonFront(c, CartonX, TableTop, open);
        if (r >= 0.66f)
        {
            Ware(c, take, x, foot, 1);
        }

        Arm(c, take, HostX + 0.15f, 0.50f, right);
    }

    private static void TryOn(Canvas c, in Take take, (float X, float Y) left)
    {
        var u = take.Phase;
        var turning = take.On ? Take.Ease(u, 0.38f, 0.45f) : 0;
        var sway = 0.09f * turning * MathF.Sin(take.Clock * 5.5f);
        var lift = u < 0 ? 0 : Take.Ease(u, -0.04f, 0.38f);
        var (headX, headY) = (HostX + sway, 0.21f);
        var (x, brim) = (Take.Mix(1.15f, headX, lift), Take.Mix(TableTop - 0.04f, headY, lift) - (0.12f * MathF.Sin(lift * MathF.PI)));
        var on = u is >= 0 and < 1;
        if (turning > 0)
        {
            left = (0.08f, 0.42f + (0.06f * MathF.Sin(take.Clock * 6)));
        }

        Host(c, take, sway, left);
        Table(c, take);
        Wares.Hat(c, x, brim, take.Look.Product);
        var hand = !on ? s_restRight : turning > 0 ? (0.86f, 0.42f - (0.06f * MathF.Sin(take.Clock * 6))) : (x + 0.10f, brim);
        Arm(c, take, HostX + 0.15f + sway, 0.50f, hand);
    }

    private static void Talk(Canvas c, in Take take, (float X, float Y) left, (float X, float Y) right, bool closeUp)
    {
        var cycle = take.Shot.Event is null ? Math.Max(0, MathF.Sin((take.Clock * 1.0f) + (take.Trait(5) * 6))) : 0;
        var (wareX, wareFoot) = (WareX, TableTop);
        switch (take.Shot.Filler)
        {
            case Filler.Gesture:
                right = (0.75f + (0.05f * take.Sway(6, 4)), 0.55f + (0.08f * take.Sway(7, 4)));
                break;
            case Filler.ShowProduct:
                (wareX, wareFoot) = (Take.Mix(WareX, 0.92f, cycle), Take.Mix(TableTop, 0.66f, cycle));
                right = cycle > 0.05f ? (wareX - 0.05f, wareFoot - 0.1f) : right;
                break;
            case Filler.Drink:
                right = (Take.Mix(0.78f, HostX + 0.06f, cycle), Take.Mix(0.76f, 0.38f, cycle));
                break;
        }

        Host(c, take, 0, left);
        Table(c, take);
        if (take.Trait(11) < 0.3f)
        {
            Wares.CartonFront(c, CartonX, TableTop, 0);
        }

        Ware(c, take, wareX, wareFoot, closeUp ? MathF.Cos(take.Clock * 4) : 1);
        Arm(c, take, HostX + 0.15f, 0.50f, right);
        if (take.Shot.Filler == Filler.Drink)
        {
            c.Box(right.X, right.Y - 0.04f, 0.05f, 0.06f, Ink.White, -0.5f * cycle, 0.01f);
        }
    }

    private static void Ware(Canvas c, in Take take, float x, float foot, float turn) =>
        Wares.Product(c, (int)(Dice.Unit(take.Shot.Seed, 40) * 5), x, foot, take.Look.Product, turn);

    private static void Host(Canvas c, in Take take, float sway, (float X, float Y) left)
    {
        var look = take.Look;
        var x = HostX + sway;
        c.Box(x, 0.66f, 0.19f, 0.24f, look.Shirt, 0, 0.07f);
        Arm(c, take, x - 0.15f, 0.50f, left);
        c.Box(x, 0.41f, 0.05f, 0.05f, look.Skin);
        c.Disc(x, 0.27f, 0.115f, 0.135f, look.Skin);
        c.Disc(x, 0.18f, 0.12f, 0.07f, look.Hair);
        c.Disc(x - 0.045f, 0.26f, 0.014f, Ink.Black);
        c.Disc(x + 0.045f, 0.26f, 0.014f, Ink.Black);
        c.Disc(x, 0.335f, 0.035f, 0.006f + (0.018f * Math.Abs(MathF.Sin(take.Clock * 7))), Ink.Red.Lit(0.6f));
    }

    private static void Arm(Canvas c, in Take take, float x, float y, (float X, float Y) hand)
    {
        var (mx, my) = ((x + hand.X) / 2, ((y + hand.Y) / 2) + 0.05f);
        c.Line(x, y, mx, my, 0.10f, take.Look.Shirt.Lit(0.85f));
        c.Line(mx, my, hand.X, hand.Y, 0.075f, take.Look.Skin);
        c.Disc(hand.X, hand.Y, 0.05f, take.Look.Skin);
    }
}
