namespace TempSamp.Live.Trainer;

/// <summary>Rows of spectators: footage that means nothing.</summary>
internal static class CrowdScene
{
    public static void Paint(Canvas c, in Take take)
    {
        c.Fill(take.Look.Stand.Lit(0.8f), take.Look.Stand);
        var wild = take.Trait(1) < 0.5f;
        for (var row = 0; row < 5; row++)
        {
            for (var i = 0; i < 10; i++)
            {
                var n = (ulong)((row * 10) + i);
                var x = (i * 0.19f) - 0.05f + (row % 2 * 0.09f);
                var y = 0.14f + (row * 0.21f) - (wild ? 0.05f * Math.Abs(take.Sway(n, 5)) : 0.01f * take.Sway(n));
                var ink = take.Trait(n + 100) < 0.6f ? take.Look.Home : take.Look.Away;
                c.Box(x, y + 0.15f, 0.085f, 0.10f, ink.Lit(0.6f + (0.4f * take.Trait(n + 200))), 0, 0.03f);
                c.Disc(x, y, 0.055f, 0.065f, take.Look.Skin.Lit(0.7f + (0.3f * take.Trait(n + 300))));
            }
        }
    }
}
