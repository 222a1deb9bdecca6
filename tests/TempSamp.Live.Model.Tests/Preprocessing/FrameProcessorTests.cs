using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class FrameProcessorTests
{
    [Fact]
    public void Reference_videos_become_the_same_patches()
    {
        var cases = GoldenManifest.Cases("preprocess_video");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var frames = Frames(c, "in.video_u8", out var size);
            var resized = Frames(c, "out.resized_u8", out var fitted);

            Assert.Equal(fitted, size.Fit(28, Config(c).MinPixels, Config(c).MaxPixels));
            var resizer = new FrameResizer(size, fitted);
            AssertLevels(resized, [.. frames.Select(f => resizer.Video(f))], (int)c.Tolerance("resized_u8_levels"));

            var patches = new FrameProcessor(Config(c)).Patches(resized, fitted);
            Assert.Equal(c.Tensors.Longs("out.video_grid_thw"), new long[] { patches.Grid.Time, patches.Grid.Height, patches.Grid.Width });
            if (c.Tensors.Has("out.pixel_values_videos")) AssertClose(c.Tensors.Floats("out.pixel_values_videos"), patches.Values, c);
        });
    }

    [Fact]
    public void Reference_images_become_the_same_patches()
    {
        var cases = GoldenManifest.Cases("preprocess_image");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var shape = c.Tensors.Shape("in.image_u8");
            var patches = new FrameProcessor(Config(c)).Image(c.Tensors.Bytes("in.image_u8").ToArray(), new((int)shape[0], (int)shape[1]));

            Assert.Equal(c.Tensors.Longs("out.image_grid_thw"), new long[] { patches.Grid.Time, patches.Grid.Height, patches.Grid.Width });
            AssertClose(c.Tensors.Floats("out.pixel_values"), patches.Values, c);
        });
    }

    [Fact]
    public void A_video_is_resized_to_whole_merge_blocks()
    {
        var batch = new FrameProcessor(PreprocessorConfig.Default).Video([new byte[60 * 100 * 3]], new(60, 100));
        Assert.Equal(new PatchGrid(1, 4, 8), batch.Grid);
        Assert.Equal(32 * 1176, batch.Values.Length);
    }

    [Fact]
    public void Rows_of_a_merge_block_lie_together()
    {
        // 2 x 2 merge blocks; every patch is painted with its own number.
        var size = new FrameSize(56, 56);
        var frame = new byte[56 * 56 * 3];
        for (var i = 0; i < frame.Length; i++) frame[i] = (byte)(i / 3 / 56 / 14 * 4 + i / 3 % 56 / 14);
        var config = PreprocessorConfig.Default with { Mean = [0, 0, 0], Std = [1 / 255.0, 1 / 255.0, 1 / 255.0] };

        var values = new FrameProcessor(config).Patches([frame], size).Values;

        Assert.Equal([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15], Enumerable.Range(0, 16).Select(row => (int)MathF.Round(values[row * 1176])));
    }

    [Fact]
    public void Resizing_keeps_a_flat_colour_flat()
    {
        var grey = new byte[90 * 160 * 3];
        Array.Fill(grey, (byte)77);
        var resizer = new FrameResizer(new(90, 160), new(84, 140));
        Assert.All(resizer.Video(grey), level => Assert.Equal(77, level));
        Assert.All(resizer.Image(grey), level => Assert.Equal(77, level));
    }

    [Fact]
    public void Frames_that_do_not_fit_are_refused()
    {
        var processor = new FrameProcessor(PreprocessorConfig.Default);
        Assert.Contains("100x56", Assert.Throws<ModelException>(() => processor.Patches([new byte[56 * 100 * 3]], new(56, 100))).Message, StringComparison.Ordinal);
        Assert.Contains("7 bytes", Assert.Throws<ModelException>(() => processor.Patches([new byte[7]], new(56, 56))).Message, StringComparison.Ordinal);
        Assert.Contains("without frames", Assert.Throws<ModelException>(() => processor.Patches([], new(56, 56))).Message, StringComparison.Ordinal);
        Assert.Throws<ModelException>(() => new FrameResizer(new(10, 10), new(28, 28)).Video(new byte[5]));
    }

    private static PreprocessorConfig Config(GoldenCase c) => c.Params.GetProperty("resize_limits") is { ValueKind: System.Text.Json.JsonValueKind.Object } limits
        ? PreprocessorConfig.Default with { MinPixels = limits.GetProperty("min_pixels").GetInt32(), MaxPixels = limits.GetProperty("max_pixels").GetInt32() }
        : PreprocessorConfig.Default;

    /// <summary>Frames of a [T, H, W, 3] tensor.</summary>
    internal static byte[][] Frames(GoldenCase c, string name, out FrameSize size)
    {
        var shape = c.Tensors.Shape(name);
        size = new((int)shape[1], (int)shape[2]);
        return [.. c.Tensors.Bytes(name).ToArray().Chunk(size.Height * size.Width * 3)];
    }

    internal static void AssertLevels(byte[][] expected, byte[][] actual, int levels)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var f = 0; f < expected.Length; f++)
            for (var i = 0; i < expected[f].Length; i++)
                if (Math.Abs(expected[f][i] - actual[f][i]) > levels) Assert.Fail($"frame {f} value {i}: {actual[f][i]}, expected {expected[f][i]}");
    }

    private static void AssertClose(float[] expected, float[] actual, GoldenCase c)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= c.Tolerance("abs") + c.Tolerance("rel") * Math.Abs(expected[i]))) Assert.Fail($"value {i}: {actual[i]}, expected {expected[i]}");
    }
}
