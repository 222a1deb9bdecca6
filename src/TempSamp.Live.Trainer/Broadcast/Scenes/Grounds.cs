namespace TempSamp.Live.Trainer;

/// <summary>Backgrounds that several sports scenes share, and the people on them.</summary>
internal static class Grounds
{
    /// <summary>Stand with spectators, boards and mown grass; the grass begins at <paramref name="horizon"/>.</summary>
    public static void Paint(Canvas c, in Take take, float horizon)
    {
        var look = take.Look;
        c.Fill(look.Grass.Lit(0.85f), look.Grass.Lit(1.15f));
        for (var i = 0; i < 8; i += 2)
        {
            c.Rect(-0.2f + (i * 0.26f), horizon, 0.06f + (i * 0.26f), 1.2f, look.Grass.Lit(1.12f), 0.7f);
        }

        c.Rect(-1, -1, 3, horizon, look.Stand);
        Spectators(c, take, horizon - 0.10f);
        for (var i = 0; i < 6; i++)
        {
            c.Rect(-0.3f + (i * 0.4f), horizon - 0.075f, 0.1f + (i * 0.4f), horizon, i % 2 == 0 ? look.Board : look.Board.Toward(Ink.White, 0.6f));
        }
    }

    /// <summary>Someone of the home team (even) or away team (odd).</summary>
    public static Figure Player(in Take take, int team, float x, float foot, float height) => new(
        x, foot, height, team % 2 == 0 ? take.Look.Home : take.Look.Away, team % 2 == 0 ? Ink.White : Ink.Black, take.Look.Skin, take.Look.Hair);

    /// <summary>A white ball with a dark rim.</summary>
    public static void Ball(Canvas c, float x, float y, float radius)
    {
        c.Disc(x, y, radius * 1.2f, Ink.Black);
        c.Disc(x, y, radius, Ink.White);
    }

    private static void Spectators(Canvas c, in Take take, float bottom)
    {
        for (var row = 0; row * 0.055f < bottom; row++)
        {
            for (var i = 0; i < 30; i++)
            {
                var name = (ulong)((row * 31) + i);
                var ink = Dice.Unit(name, 3) < 0.5f ? take.Look.Home : take.Look.Skin;
                c.Rect(
                    (i * 0.06f) - 0.05f + (row % 2 * 0.03f), bottom - (row * 0.055f) - 0.03f,
                    (i * 0.06f) - 0.02f + (row % 2 * 0.03f), bottom - (row * 0.055f), ink.Lit(0.45f + (0.4f * Dice.Unit(name, 4))));
            }
        }
    }
}
