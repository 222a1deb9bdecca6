namespace TempSamp.Live.Trainer;

/// <summary>A person made of few bold shapes, standing at (<paramref name="X"/>, <paramref name="Foot"/>), <paramref name="Height"/> tall.</summary>
/// <remarks>Arms are angles in radians: 0 hangs down, pi points up; positive is away from the body. Stride is half the distance of the feet.</remarks>
internal readonly record struct Figure(float X, float Foot, float Height, Ink Shirt, Ink Shorts, Ink Skin, Ink Hair)
{
    public float LeftArm { get; init; } = 0.25f;
    public float RightArm { get; init; } = 0.25f;
    public float Stride { get; init; }
    public float Lean { get; init; }

    /// <summary>Where the hand at the right of the picture is.</summary>
    public (float X, float Y) RightHand => Hand(1, RightArm);

    /// <summary>Where the hand at the left of the picture is.</summary>
    public (float X, float Y) LeftHand => Hand(-1, LeftArm);

    public void Paint(Canvas c)
    {
        var (h, hip, neck) = (Height, Foot - (Height * 0.46f), Foot - (Height * 0.80f));
        var top = X + (Lean * h);
        c.Line(X - (0.07f * h), hip, X - (0.07f * h) - (Stride * h), Foot, 0.11f * h, Skin);
        c.Line(X + (0.07f * h), hip, X + (0.07f * h) + (Stride * h), Foot, 0.11f * h, Skin);
        c.Box(X, hip + (0.06f * h), 0.14f * h, 0.09f * h, Shorts, 0, 0.03f * h);
        c.Box((X + top) / 2, (hip + neck) / 2, 0.15f * h, (hip - neck) / 2, Shirt, 0, 0.04f * h);
        Arm(c, -1, LeftHand);
        Arm(c, 1, RightHand);
        c.Disc(top, Foot - (0.90f * h), 0.085f * h, 0.10f * h, Skin);
        c.Disc(top, Foot - (0.955f * h), 0.09f * h, 0.055f * h, Hair);
    }

    private (float X, float Y) Hand(int side, float angle) =>
        (X + (Lean * Height) + (side * Height * (0.15f + (0.36f * MathF.Sin(angle)))), Foot - (Height * 0.76f) + (Height * 0.36f * MathF.Cos(angle)));

    private void Arm(Canvas c, int side, (float X, float Y) hand)
    {
        var (x, y) = (X + (Lean * Height) + (side * 0.15f * Height), Foot - (Height * 0.76f));
        c.Line(x, y, (x + hand.X) / 2, (y + hand.Y) / 2, 0.10f * Height, Shirt);
        c.Line((x + hand.X) / 2, (y + hand.Y) / 2, hand.X, hand.Y, 0.08f * Height, Skin);
    }
}
