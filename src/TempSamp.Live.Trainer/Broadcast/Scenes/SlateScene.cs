namespace TempSamp.Live.Trainer;

/// <summary>A still card between programmes.</summary>
internal static class SlateScene
{
    private static readonly string[] s_words = ["BACK SOON", "LIVE", "BREAK", "STAY TUNED"];

    public static void Paint(Canvas c, in Take take)
    {
        var ink = Ink.Hsv(take.Trait(1), 0.5f, 0.55f);
        c.Fill(ink.Lit(0.7f), ink);
        for (var i = 0; i < 4; i++)
        {
            c.Box(0.2f + (i * 0.42f) + (0.03f * take.Sway(2)), 0.5f, 0.06f, 0.9f, ink.Lit(1.2f), 0.5f);
        }

        c.Box(Lens.Wide / 2, 0.5f, 0.55f, 0.14f, Ink.White, 0, 0.04f);
        c.Text(Lens.Wide / 2, 0.5f, 0.12f, s_words[(int)(take.Trait(3) * s_words.Length)], Ink.Black);
    }
}
