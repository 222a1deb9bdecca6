using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class VisionGoldenTests
{
    [Fact]
    public void Tower_agrees_with_the_reference_block_by_block() =>
        Assert.All(GoldenTensors.Cases("vision"), golden => Assert.Empty(Differences(golden, golden.SharedModel())));

    [Fact]
    public void Windows_and_angles_are_those_of_the_reference() => Assert.All(GoldenTensors.Cases("vision").Where(c => c.Tensors.Has("out.window_index")), golden =>
    {
        using var scope = NewDisposeScope();
        var model = golden.SharedModel();
        var layout = new VisionLayout(golden.Grids("in.grid_thw"), model.Config.Vision);
        var merge = model.Config.Vision.MergeLength;
        Assert.Equal(golden.Tensors.Longs("out.window_index"), WindowIndex(layout, merge));
        Assert.Equal(golden.Tensors.Longs("out.cu_window_seqlens"), Ends(Steps(layout).SelectMany(f => f.Windows.Select(w => w.Length * merge))));
        Assert.Equal(golden.Tensors.Longs("out.cu_seqlens"), Ends(Steps(layout).Select(f => f.Patches)));

        var toWindows = ToWindowOrder(layout, merge);
        var tables = layout.Runs.Select(r => (Table: VisionPlan.RotaryOf(r.Frame, model.Config.Vision, CPU), r.Steps)).ToArray();
        Assert.Null(golden.Difference("out.cos", Full(tables.Select(t => (t.Table.Cos, t.Steps))).index_select(0, toWindows)));
        Assert.Null(golden.Difference("out.sin", Full(tables.Select(t => (Unturned(t.Table.Sin), t.Steps))).index_select(0, toWindows)));
    });

    [Fact]
    public void Another_window_size_is_noticed() => AssertNoticed(v => v with { WindowSize = v.WindowSize == 56 ? 112 : 56 });

    [Fact]
    public void Windows_everywhere_are_noticed() => AssertNoticed(v => v with { FullAttentionBlocks = [] });

    [Fact]
    public void Whole_frames_everywhere_are_noticed() => AssertNoticed(v => v with { FullAttentionBlocks = [.. Enumerable.Range(0, v.Depth)] });

    private static void AssertNoticed(Func<QwenVisionConfig, QwenVisionConfig> change) => Assert.All(
        GoldenTensors.Cases("vision").GroupBy(c => (c.Model, Type: c.Compute())).Where(g => g.Key.Type == ScalarType.Float32),
        cases =>
        {
            var good = cases.First().SharedModel();
            using var wrong = new QwenModel(good.Config with { Vision = change(good.Config.Vision) }, new(ScalarType.Float32, CPU));
            using (var checkpoint = Checkpoint.Open(cases.First().ModelFolder)) CheckpointLoader.Load(wrong, checkpoint, "");
            Assert.Contains(cases, c => Differences(c, wrong).Length > 0);
        });

    private static string[] Differences(GoldenCase golden, QwenModel model)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var layout = new VisionLayout(golden.Grids("in.grid_thw"), model.Config.Vision);
        var toWindows = ToWindowOrder(layout, model.Config.Vision.MergeLength);
        using var blocks = new Recorder();
        var rows = golden.Rows(model, "in.pixel_values", "in.grid_thw", blocks);
        return
        [
            .. blocks.Layers.Select((hidden, i) => golden.Difference($"out.block_{i}", hidden.index_select(0, toWindows))).OfType<string>(),
            .. new[] { golden.Difference("out.embeds", rows!) }.OfType<string>(),
        ];
    }

    private static IEnumerable<FrameLayout> Steps(VisionLayout layout) => layout.Runs.SelectMany(r => Enumerable.Repeat(r.Frame, r.Steps));

    // The reference's order: windows as they come, not sorted by size.
    private static long[] WindowIndex(VisionLayout layout, int merge)
    {
        var index = new List<long>();
        foreach (var frame in Steps(layout)) index.AddRange(frame.Windows.SelectMany(w => w).Select(b => b + (long)index.Count).ToArray());
        Assert.Equal(layout.Patches / merge, index.Count);
        return [.. index];
    }

    // For each patch in the reference's order, its place in ours.
    private static Tensor ToWindowOrder(VisionLayout layout, int merge)
    {
        var place = new long[layout.BlockOrder.Length];
        for (var i = 0; i < place.Length; i++) place[layout.BlockOrder[i]] = i;
        return tensor(WindowIndex(layout, merge).SelectMany(b => Enumerable.Range(0, merge).Select(p => place[b] * merge + p)).ToArray());
    }

    private static long[] Ends(IEnumerable<int> lengths) => [0, .. lengths.Aggregate(new List<long>(), (ends, length) => [.. ends, (ends.Count == 0 ? 0 : ends[^1]) + length])];

    private static Tensor Full(IEnumerable<(Tensor Table, int Steps)> tables) =>
        cat([.. tables.Select(t => t.Table.flatten(1).repeat(t.Steps, 1))], 0);

    // Ours carries the sign of the turn in its first half.
    private static Tensor Unturned(Tensor sin) => cat([sin.chunk(2, -1)[0].neg(), sin.chunk(2, -1)[1]], -1);
}
