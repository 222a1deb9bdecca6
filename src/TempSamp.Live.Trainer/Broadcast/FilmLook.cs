namespace TempSamp.Live.Trainer;

/// <summary>What happens between the scene and the screen: exposure that breathes, a colour cast, and grain that is new in each frame.</summary>
internal sealed class FilmLook(Look look, ulong seed)
{
    private const int GrainLength = 1 << 16;
    private readonly sbyte[] _grain = MakeGrain(look.Grain, seed);
    private readonly byte[] _curve = new byte[3 * 256];

    /// <summary>Applies it to packed RGB in place; a function of the time only.</summary>
    public void Develop(Span<byte> rgb, int width, double t)
    {
        var gain = look.Gain * (1 + (0.04f * MathF.Sin((float)t * 0.37f)));
        for (var v = 0; v < 256; v++)
        {
            _curve[v] = (byte)Math.Min(255, v * gain * (1 + look.Warmth));
            _curve[256 + v] = (byte)Math.Min(255, v * gain);
            _curve[512 + v] = (byte)Math.Min(255, v * gain * (1 - look.Warmth));
        }

        var frame = (ulong)Math.Round(t * 100);
        var stride = width * 3;
        for (var row = 0; row * stride < rgb.Length; row++)
        {
            var line = rgb.Slice(row * stride, stride);
            var grain = _grain.AsSpan((int)(Dice.Hash(seed ^ frame, (ulong)row) % (ulong)(GrainLength - width)), width);
            for (var x = 0; x < width; x++)
            {
                int speck = grain[x];
                var i = x * 3;
                line[i] = (byte)Math.Clamp(_curve[line[i]] + speck, 0, 255);
                line[i + 1] = (byte)Math.Clamp(_curve[256 + line[i + 1]] + speck, 0, 255);
                line[i + 2] = (byte)Math.Clamp(_curve[512 + line[i + 2]] + speck, 0, 255);
            }
        }
    }

    private static sbyte[] MakeGrain(float strength, ulong seed)
    {
        var dice = new Dice(Dice.Hash(seed, 0x6121));
        var grain = new sbyte[GrainLength];
        for (var i = 0; i < grain.Length; i++)
        {
            grain[i] = (sbyte)Math.Round(strength * (dice.Unit() + dice.Unit() + dice.Unit() - 1.5));
        }

        return grain;
    }
}
