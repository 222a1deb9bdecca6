namespace TempSamp.Live.Trainer;

/// <summary>From scene units (x 0 to 5/3, y 0 to 1 down) to the screen: looks at a point, enlarges, may mirror left and right.</summary>
internal readonly record struct Lens(float Zoom, float X, float Y, bool Mirror)
{
    /// <summary>Width of a scene whose height is 1.</summary>
    public const float Wide = 5f / 3;

    /// <summary>The whole scene, as it is.</summary>
    public static readonly Lens Plain = new(1, Wide / 2, 0.5f, false);

    public float ScreenX(float x) => (((Mirror ? Wide - x : x) - X) * Zoom) + (Wide / 2);

    public float ScreenY(float y) => ((y - Y) * Zoom) + 0.5f;
}
