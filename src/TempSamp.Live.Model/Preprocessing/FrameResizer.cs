using System.Numerics;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Model;

/// <summary>Resizes RGB24 pictures from one size to another. Holds the weights: make one for each pair of sizes and keep it.</summary>
/// <param name="from">Size of the pictures given.</param>
/// <param name="to">Size of the pictures made.</param>
public sealed class FrameResizer(FrameSize from, FrameSize to)
{
    private const int Channels = 3;

    private readonly ResampleAxis _across = new(from.Width, to.Width), _down = new(from.Height, to.Height);

    /// <summary>Resizes a frame of a video: both passes in single precision, rounded to bytes once at the end.</summary>
    /// <param name="frame">Row-major RGB24 of the source size.</param>
    public byte[] Video(ReadOnlySpan<byte> frame)
    {
        Check(frame);
        if (from == to) return frame.ToArray();

        var narrow = new float[from.Height * to.Width * Channels];
        for (var y = 0; y < from.Height; y++)
            Across(frame.Slice(y * from.Width * Channels, from.Width * Channels), narrow.AsSpan(y * to.Width * Channels, to.Width * Channels));

        var resized = new byte[to.Height * to.Width * Channels];
        var row = new float[to.Width * Channels];
        for (var y = 0; y < to.Height; y++)
        {
            Array.Clear(row);
            for (var k = 0; k < _down.Weights[y].Length; k++)
                AddScaled(narrow.AsSpan((_down.First[y] + k) * row.Length, row.Length), (float)_down.Weights[y][k], row);
            for (var i = 0; i < row.Length; i++)
                resized[y * row.Length + i] = (byte)MathF.Round(Math.Clamp(row[i], 0, 255), MidpointRounding.ToEven);
        }
        return resized;
    }

    /// <summary>Resizes a still image: each pass in fixed point and rounded to bytes, as the image library of the reference does.</summary>
    /// <param name="image">Row-major RGB24 of the source size.</param>
    public byte[] Image(ReadOnlySpan<byte> image)
    {
        Check(image);
        if (from == to) return image.ToArray();

        var narrow = new byte[from.Height * to.Width * Channels];
        var fixedAcross = Fixed(_across);
        for (var y = 0; y < from.Height; y++)
            for (var x = 0; x < to.Width; x++)
                for (var c = 0; c < Channels; c++)
                    narrow[(y * to.Width + x) * Channels + c] = Round(image[((y * from.Width + _across.First[x]) * Channels + c)..], fixedAcross[x], Channels);

        var resized = new byte[to.Height * to.Width * Channels];
        var fixedDown = Fixed(_down);
        var stride = to.Width * Channels;
        for (var y = 0; y < to.Height; y++)
            for (var i = 0; i < stride; i++)
                resized[y * stride + i] = Round(narrow.AsSpan(_down.First[y] * stride + i), fixedDown[y], stride);
        return resized;
    }

    private void Across(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (var x = 0; x < to.Width; x++)
        {
            var (red, green, blue) = (0f, 0f, 0f);
            var at = _across.First[x] * Channels;
            foreach (var weight in _across.Weights[x])
            {
                red += (float)weight * source[at];
                green += (float)weight * source[at + 1];
                blue += (float)weight * source[at + 2];
                at += Channels;
            }
            (target[x * Channels], target[x * Channels + 1], target[x * Channels + 2]) = (red, green, blue);
        }
    }

    private static void AddScaled(ReadOnlySpan<float> source, float weight, Span<float> target)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (var i = 0; i < wide.Length; i++) wide[i] += new Vector<float>(source[(i * Vector<float>.Count)..]) * weight;
        for (var i = wide.Length * Vector<float>.Count; i < target.Length; i++) target[i] += source[i] * weight;
    }

    private const int FractionBits = 22;

    private static int[][] Fixed(ResampleAxis axis) =>
        Array.ConvertAll(axis.Weights, weights => Array.ConvertAll(weights, w => (int)Math.Round(w * (1 << FractionBits), MidpointRounding.AwayFromZero)));

    private static byte Round(ReadOnlySpan<byte> source, int[] weights, int stride)
    {
        var sum = 1 << (FractionBits - 1);
        for (var k = 0; k < weights.Length; k++) sum += source[k * stride] * weights[k];
        return (byte)Math.Clamp(sum >> FractionBits, 0, 255);
    }

    private void Check(ReadOnlySpan<byte> picture)
    {
        if (picture.Length != from.Height * from.Width * Channels)
            throw new ModelException($"A picture of {picture.Length} bytes is not {from.Width}x{from.Height} RGB24, which has {from.Height * from.Width * Channels}.");
    }
}
