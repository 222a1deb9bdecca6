using System.Collections.Concurrent;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

/// <summary>Reference cases as tensors, and the comparison with what our model says.</summary>
internal static class GoldenTensors
{
    private static readonly ConcurrentDictionary<(string, ScalarType), Lazy<QwenModel>> Models = new();

    /// <summary>All cases of a kind; skips the test where the data is absent.</summary>
    public static IReadOnlyList<GoldenCase> Cases(string kind)
    {
        if (GoldenManifest.Cases(kind) is not { } cases)
        {
            Assert.Skip(SharedData.Missing("golden"));
            return [];
        }
        Assert.NotEmpty(cases);
        return cases;
    }

    /// <summary>Type that a case is computed in.</summary>
    public static ScalarType Compute(this GoldenCase golden) => golden.Params.TryGetProperty("compute", out var type) && type.GetString() == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>The case's model, shared by all tests that only read it.</summary>
    public static QwenModel SharedModel(this GoldenCase golden) =>
        Models.GetOrAdd((golden.ModelFolder, golden.Compute()), key => new(() => Frozen(QwenModel.Load(key.Item1, key.Item2)))).Value;

    /// <summary>A float tensor of the case.</summary>
    public static Tensor Floats(this GoldenCase golden, string name) => tensor(golden.Tensors.Floats(name), golden.Tensors.Shape(name));

    /// <summary>A whole-number tensor of the case.</summary>
    public static Tensor Longs(this GoldenCase golden, string name) => tensor(golden.Tensors.Longs(name), golden.Tensors.Shape(name));

    /// <summary>Grids of an input; empty where the case has none.</summary>
    public static (int T, int H, int W)[] Grids(this GoldenCase golden, string name) => golden.Tensors.Has(name)
        ? [.. golden.Tensors.Longs(name).Chunk(3).Select(g => ((int)g[0], (int)g[1], (int)g[2]))]
        : [];

    /// <summary>The tower's rows for an input of stored pixels, in the case's type; null where the case has none.</summary>
    public static Tensor? Rows(this GoldenCase golden, QwenModel model, string pixels, string grids, ILayerObserver? observer = null) => golden.Tensors.Has(pixels)
        ? model.Vision.Forward(tensor(golden.Tensors.Pixels(pixels), golden.Tensors.Shape(pixels)).to(golden.Compute()), golden.Grids(grids), observer)
        : null;

    /// <summary>Tokens with vision rows put in.</summary>
    public static Tensor Embeds(this GoldenCase golden, QwenModel model) => model.Embed(
        golden.Longs("in.input_ids"),
        golden.Rows(model, "in.pixel_values_videos", "in.video_grid_thw"),
        golden.Rows(model, "in.pixel_values", "in.image_grid_thw"));

    /// <summary>A whole-number matrix of the case as rows.</summary>
    public static int[][] IdRows(this GoldenCase golden, string name) =>
        [.. golden.Tensors.Longs(name).Select(v => (int)v).Chunk((int)golden.Tensors.Shape(name)[^1])];

    /// <summary>The case's prompt.</summary>
    public static PromptBatch Prompts(this GoldenCase golden) => new(
        golden.IdRows("in.input_ids"),
        golden.IdRows("in.attention_mask"),
        [.. golden.Grids("in.video_grid_thw").Select(g => new PatchGrid(g.T, g.H, g.W))],
        [.. golden.Grids("in.image_grid_thw").Select(g => new PatchGrid(g.T, g.H, g.W))],
        golden.Tensors.Has("in.second_per_grid_ts") ? golden.Tensors.Floats("in.second_per_grid_ts") : null);

    /// <summary>Normed hidden states of the whole input, [B, S, D].</summary>
    public static Tensor HiddenStates(this GoldenCase golden, QwenModel model)
    {
        var prompts = golden.Prompts();
        var positions = new MultimodalPositions(model.Config).Of(prompts.Ids, prompts.Mask, prompts.Images, prompts.Videos, prompts.SecondsPerGrid);
        return model.Language.Forward(
            golden.Embeds(model),
            tensor(positions.Ids, [3, prompts.Rows, prompts.Length]),
            AttentionMask.CausalWithPadding(prompts.MaskTensor(CPU), prompts.Length));
    }

    /// <summary>What is wrong with a tensor, in words; null when it meets the case's tolerance.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="name">Name of the expected tensor.</param>
    /// <param name="actual">Ours, of the same shape.</param>
    /// <param name="where">Which elements count, broadcastable to the shape; null for all.</param>
    public static string? Difference(this GoldenCase golden, string name, Tensor actual, Tensor? where = null)
    {
        using var scope = NewDisposeScope();
        var expected = golden.Floats(name);
        if (!expected.shape.SequenceEqual(actual.shape))
            return $"{golden.Id} {name}: shape [{string.Join(", ", actual.shape)}], wanted [{string.Join(", ", expected.shape)}]";
        var apart = (actual.detach().to(ScalarType.Float32) - expected).abs();
        var over = apart - golden.Tolerance("rel") * expected.abs() - golden.Tolerance("abs");
        if (where is not null) (apart, over) = (apart.masked_select(where.expand_as(apart)), over.masked_select(where.expand_as(over)));
        if (!apart.isfinite().all().item<bool>()) return $"{golden.Id} {name}: not finite";
        if (golden.Tolerance("mean_abs") is > 0 and var mean && apart.mean().item<float>() is var average && average > mean)
            return $"{golden.Id} {name}: {average} apart on average, tolerance {mean}";
        return over.max().item<float>() is var worst && worst > 0 ? $"{golden.Id} {name}: {apart.max().item<float>()} apart, {worst} over the tolerance" : null;
    }

    // Shared models outlive the dispose scope of the test that happens to load them.
    private static QwenModel Frozen(QwenModel model)
    {
        foreach (var parameter in model.parameters()) parameter.requires_grad_(false).DetachFromDisposeScope();
        return model;
    }
}
