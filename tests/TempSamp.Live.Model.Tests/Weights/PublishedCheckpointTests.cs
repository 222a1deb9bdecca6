using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

/// <summary>The published 3B and 7B layouts on the meta device, against lists written from the published checkpoints' reference sheet.</summary>
public class PublishedCheckpointTests
{
    private static readonly QwenConfig Small = Config(width: 2048, inner: 11008, layers: 36, heads: 16, kvHeads: 2, vocabulary: 151936, tied: true);
    private static readonly QwenConfig Large = Config(width: 3584, inner: 18944, layers: 28, heads: 28, kvHeads: 4, vocabulary: 152064, tied: false);

    [Theory]
    [InlineData("3b", 824, 3_754_622_976)]
    [InlineData("7b", 729, 8_292_166_656)]
    public void Every_name_and_shape_is_that_of_the_published_checkpoint(string size, int tensors, long parameters)
    {
        using var scope = NewDisposeScope();
        using var model = new QwenModel(size == "3b" ? Small : Large, new(ScalarType.BFloat16, META));
        var named = model.named_parameters().ToArray();
        Assert.Equal(
            File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Weights", "Published", $"qwen2.5-vl-{size}.txt")).Order(StringComparer.Ordinal),
            named.Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]").Order(StringComparer.Ordinal));
        Assert.Equal(tensors, named.Length);
        Assert.Equal(parameters, named.Sum(p => p.parameter.numel()));
    }

    private static QwenConfig Config(int width, int inner, int layers, int heads, int kvHeads, int vocabulary, bool tied) => new(
        new(vocabulary, width, inner, layers, heads, kvHeads, 1e-6, 1e6, [16, 24, 24], tied, 128000),
        new(32, 1280, 3420, 16, width, 14, 2, 2, 112, [7, 15, 23, 31], 2), 151652, 151653, 151655, 151656, "bfloat16");
}
