namespace TempSamp.Live.Trainer;

/// <summary>What is sold: five bold shapes, a hat to try on, and the carton.</summary>
internal static class Wares
{
    /// <summary>A product standing on <paramref name="foot"/>; <paramref name="turn"/> is its width in -1 to 1, as if it rotated.</summary>
    public static void Product(Canvas c, int type, float x, float foot, Ink ink, float turn = 1)
    {
        var w = Math.Max(0.25f, Math.Abs(turn));
        var dark = ink.Lit(turn < 0 ? 0.5f : 0.65f);
        switch (type)
        {
            case 0: // bottle
                c.Box(x, foot - 0.10f, 0.085f * w, 0.10f, ink, 0, 0.03f);
                c.Box(x, foot - 0.23f, 0.035f * w, 0.05f, ink);
                c.Box(x, foot - 0.28f, 0.045f * w, 0.02f, Ink.White);
                c.Box(x + (0.03f * turn), foot - 0.10f, 0.04f * w, 0.045f, Ink.White);
                break;
            case 1: // lamp
                c.Box(x, foot - 0.02f, 0.08f * w, 0.02f, dark);
                c.Line(x, foot, x, foot - 0.18f, 0.03f, dark);
                c.Wedge(x, foot - 0.22f, 0.14f * w, 0.08f, ink, down: false);
                c.Disc(x + (0.05f * turn), foot - 0.18f, 0.02f, Ink.White);
                break;
            case 2: // bag
                c.Ring(x, foot - 0.20f, 0.07f * w, 0.025f, dark);
                c.Box(x, foot - 0.10f, 0.13f * w, 0.10f, ink, 0, 0.02f);
                c.Disc(x + (0.05f * turn), foot - 0.10f, 0.035f, Ink.White);
                break;
            case 3: // boot
                c.Box(x - (0.04f * turn), foot - 0.14f, 0.06f * w, 0.13f, ink, 0, 0.02f);
                c.Box(x + (0.02f * turn), foot - 0.06f, 0.13f * w, 0.05f, ink, 0, 0.03f);
                c.Box(x + (0.02f * turn), foot - 0.015f, 0.14f * w, 0.015f, Ink.White);
                break;
            default: // bear
                c.Disc(x, foot - 0.09f, 0.11f * w, 0.09f, ink);
                c.Disc(x, foot - 0.21f, 0.085f * w, 0.075f, ink);
                c.Disc(x - (0.07f * w), foot - 0.28f, 0.03f, dark);
                c.Disc(x + (0.07f * w), foot - 0.28f, 0.03f, dark);
                c.Disc(x + (0.03f * turn), foot - 0.20f, 0.03f, Ink.White);
                break;
        }
    }

    /// <summary>A hat with a wide brim whose brim lies at <paramref name="brim"/>.</summary>
    public static void Hat(Canvas c, float x, float brim, Ink ink)
    {
        c.Disc(x, brim - 0.06f, 0.13f, 0.13f, ink);
        c.Box(x, brim - 0.04f, 0.135f, 0.02f, Ink.White);
        c.Disc(x, brim, 0.23f, 0.045f, ink.Lit(0.8f));
    }

    /// <summary>The inside and the open flaps of a carton: what is behind things that stand in it.</summary>
    public static void CartonBack(Canvas c, float x, float foot, float open)
    {
        if (open > 0)
        {
            c.Rect(x - 0.20f, foot - 0.30f, x + 0.20f, foot - 0.24f, s_card.Lit(0.35f));
        }
    }

    /// <summary>The front of a carton, flaps shut at 0 and thrown wide at 1.</summary>
    public static void CartonFront(Canvas c, float x, float foot, float open)
    {
        c.Rect(x - 0.20f, foot - 0.27f, x + 0.20f, foot, s_card);
        c.Rect(x - 0.03f, foot - 0.27f, x + 0.03f, foot, s_card.Toward(Ink.White, 0.4f));
        var turn = open * 2.3f;
        Flap(c, x - 0.20f, foot - 0.27f, 1, turn);
        Flap(c, x + 0.20f, foot - 0.27f, -1, turn);
    }

    private static readonly Ink s_card = new(190, 130, 70);

    private static void Flap(Canvas c, float x, float y, int side, float turn)
    {
        var (sin, cos) = MathF.SinCos(turn);
        c.Line(x, y, x + (side * 0.19f * cos), y - (0.19f * sin), 0.035f, s_card.Lit(0.75f));
    }
}
