namespace TempSamp.Live.Benchmarks;

/// <summary>Pictures whose upper half carries their number as sixteen black or white blocks, the lowest bit on the left; the lower half is white where marked.</summary>
internal static class PaintedFrame
{
    private const int Bits = 16;

    /// <summary>RGB24 of a frame.</summary>
    public static byte[] Rgb(int width, int height, int number, bool isMarked)
    {
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                rgb.AsSpan(((y * width) + x) * 3, 3).Fill(y < height / 2 ? (byte)(((number >> (x * Bits / width)) & 1) * 255) : isMarked ? (byte)255 : (byte)0);
        return rgb;
    }

    /// <summary>The number that a picture carries.</summary>
    public static int Number(ReadOnlySpan<byte> rgb, int width)
    {
        var number = 0;
        for (var bit = 0; bit < Bits; bit++) number |= (rgb[((10 * width) + ((((2 * bit) + 1) * width) / (2 * Bits))) * 3] > 128 ? 1 : 0) << bit;
        return number;
    }
}
