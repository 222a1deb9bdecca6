namespace TempSamp.Live.Media.Tests;

/// <summary>Made pictures that carry their number: sixteen black or white blocks, the lowest bit on the left, over a colour ramp.</summary>
internal static class TestPicture
{
    private const int Bits = 16;

    /// <summary>RGB24 of frame <paramref name="number"/>.</summary>
    public static byte[] Rgb(int width, int height, int number)
    {
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y * width + x) * 3;
                var bit = (byte)((number >> (x * Bits / width) & 1) * 255);
                (rgb[at], rgb[at + 1], rgb[at + 2]) = y < height / 2 ? (bit, bit, bit) : ((byte)(x * 255 / width), (byte)(255 - x * 255 / width), (byte)128);
            }
        }
        return rgb;
    }

    /// <summary>The number that a decoded picture carries.</summary>
    public static int Number(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var number = 0;
        for (var bit = 0; bit < Bits; bit++)
        {
            var x = (2 * bit + 1) * width / (2 * Bits);
            number |= (rgb[(height / 4 * width + x) * 3] >= 128 ? 1 : 0) << bit;
        }
        return number;
    }

    /// <summary>A sine tone, channels interleaved; each channel one octave above the one before.</summary>
    public static short[] Tone(double frequency, int sampleRate, int channels, double seconds)
    {
        var samples = new short[(int)(sampleRate * seconds) * channels];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(12_000 * Math.Sin(2 * Math.PI * frequency * (1 << (i % channels)) * (i / channels) / sampleRate));
        }
        return samples;
    }
}
