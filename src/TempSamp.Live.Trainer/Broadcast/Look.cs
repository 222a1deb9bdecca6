namespace TempSamp.Live.Trainer;

/// <summary>How a whole broadcast looks: colours, light, noise, pace and the graphics that may lie. Drawn once from the seed.</summary>
internal sealed record Look
{
    public required Ink Home { get; init; }
    public required Ink Away { get; init; }
    public required Ink Keeper { get; init; }
    public required Ink Referee { get; init; }
    public required Ink Grass { get; init; }
    public required Ink Stand { get; init; }
    public required Ink Board { get; init; }
    public required Ink Wall { get; init; }
    public required Ink Table { get; init; }
    public required Ink Shirt { get; init; }
    public required Ink Skin { get; init; }
    public required Ink Hair { get; init; }
    public required Ink Product { get; init; }
    public required Ink Wipe { get; init; }
    public required bool Mirror { get; init; }
    public required float Speed { get; init; }
    public required float Drift { get; init; }
    public required float Grain { get; init; }
    public required float Gain { get; init; }
    public required float Warmth { get; init; }
    public required ScoreBug Score { get; init; }

    public static Look Draw(ulong seed)
    {
        var dice = new Dice(seed);
        var home = (float)dice.Unit();
        var shirt = (float)dice.Range(0.45, 0.8);
        return new Look
        {
            Home = Ink.Hsv(home, 0.85f, 0.9f),
            Away = Ink.Hsv(home + (float)dice.Range(0.35, 0.65), (float)dice.Range(0.1, 0.85), 0.95f),
            Keeper = Ink.Hsv((float)dice.Unit(), 0.7f, 1f),
            Referee = Ink.Hsv((float)dice.Range(0.5, 0.8), 0.6f, (float)dice.Range(0.1, 0.35)),
            Grass = Ink.Hsv((float)dice.Range(0.24, 0.40), (float)dice.Range(0.5, 0.8), (float)dice.Range(0.35, 0.6)),
            Stand = Ink.Hsv((float)dice.Unit(), (float)dice.Range(0, 0.4), (float)dice.Range(0.15, 0.4)),
            Board = Ink.Hsv((float)dice.Unit(), 0.6f, 0.75f),
            Wall = Ink.Hsv((float)dice.Unit(), (float)dice.Range(0.1, 0.4), (float)dice.Range(0.55, 0.9)),
            Table = Ink.Hsv((float)dice.Range(0.03, 0.12), (float)dice.Range(0.2, 0.6), (float)dice.Range(0.3, 0.6)),
            Shirt = Ink.Hsv(shirt, (float)dice.Range(0.3, 0.8), (float)dice.Range(0.35, 0.8)),
            Skin = Ink.Hsv((float)dice.Range(0.04, 0.09), (float)dice.Range(0.3, 0.6), (float)dice.Range(0.45, 0.98)),
            Hair = Ink.Hsv((float)dice.Range(0, 0.12), 0.6f, (float)dice.Range(0.08, 0.5)),
            Product = Ink.Hsv((float)dice.Unit(), 0.9f, 0.95f),
            Wipe = Ink.Hsv((float)dice.Unit(), 0.85f, 0.95f),
            Mirror = dice.Chance(0.5),
            Speed = (float)dice.Range(0.75, 1.4),
            Drift = (float)dice.Range(0, 0.025),
            Grain = (float)dice.Range(1, 14),
            Gain = (float)dice.Range(0.78, 1.12),
            Warmth = (float)dice.Range(-0.08, 0.08),
            Score = ScoreBug.Draw(ref dice),
        };
    }
}
