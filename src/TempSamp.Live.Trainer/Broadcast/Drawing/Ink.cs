namespace TempSamp.Live.Trainer;

/// <summary>An opaque colour, 8 bits a channel.</summary>
internal readonly record struct Ink(byte R, byte G, byte B)
{
    public static readonly Ink White = new(245, 245, 245);
    public static readonly Ink Black = new(16, 16, 18);
    public static readonly Ink Grey = new(120, 122, 126);
    public static readonly Ink Yellow = new(255, 222, 0);
    public static readonly Ink Red = new(228, 14, 22);
    public static readonly Ink Green = new(0, 190, 70);

    /// <summary>Hue in turns (wraps), saturation and value in 0 to 1.</summary>
    public static Ink Hsv(float hue, float saturation, float value)
    {
        float Channel(float n)
        {
            var k = (n + (hue * 6)) % 6;
            if (k < 0)
            {
                k += 6;
            }

            return value - (value * saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
        }

        return new((byte)(Channel(5) * 255), (byte)(Channel(3) * 255), (byte)(Channel(1) * 255));
    }

    /// <summary>Part of the way to <paramref name="other"/>.</summary>
    public Ink Toward(Ink other, float share) => new(
        (byte)(R + ((other.R - R) * share)), (byte)(G + ((other.G - G) * share)), (byte)(B + ((other.B - B) * share)));

    /// <summary>Brighter above 1, darker below.</summary>
    public Ink Lit(float factor) => new(
        (byte)Math.Clamp(R * factor, 0, 255), (byte)Math.Clamp(G * factor, 0, 255), (byte)Math.Clamp(B * factor, 0, 255));
}
