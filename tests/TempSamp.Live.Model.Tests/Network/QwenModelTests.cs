using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class QwenModelTests
{
    [Fact]
    public void Frames_become_one_row_per_merge_block()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var rows = model.Vision.Forward(randn(2 * 6 * 10 + 4 * 4, 1176), [(2, 6, 10), (1, 4, 4)]);
        Assert.Equal([2 * 15 + 4, 48], rows.shape);
        Assert.True(rows.isfinite().all().item<bool>());
    }

    [Fact]
    public void Tokens_and_rows_become_logits()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(tied: false);
        var ids = tensor(new long[] { 5, 290, 293, 293, 293, 293, 291, 7 }, [1, 8]);
        var embeds = model.Embed(ids, randn(4, 48));
        var positions = arange(8).view(1, 1, 8).expand(3, 1, 8);
        var logits = model.Logits(model.Language.Forward(embeds, positions));
        Assert.Equal([1, 8, 300], logits.shape);
    }

    [Fact]
    public void Placeholders_without_rows_are_an_error()
    {
        using var model = TinyModel.Create();
        using var ids = tensor(new long[] { 5, 290, 293, 293, 291, 7 }, [1, 6]);
        var error = Assert.Throws<ModelException>(() => model.Embed(ids));
        Assert.Contains("2 video placeholders", error.Message);
    }

    [Fact]
    public void Every_parameter_gets_a_gradient_in_float32_from_bfloat16_activations()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var ids = tensor(new long[] { 5, 290, 293, 293, 293, 293, 291, 7 }, [1, 8]);
        var rows = model.Vision.Forward(randn(16, 1176).bfloat16(), [(1, 4, 4)]);
        var positions = arange(8).view(1, 1, 8).expand(3, 1, 8);
        var hidden = model.Language.Forward(model.Embed(ids, rows), positions);
        Assert.Equal(ScalarType.BFloat16, hidden.dtype);
        model.Logits(hidden).to(ScalarType.Float32).logsumexp(-1).mean().backward();
        Assert.All(model.named_parameters(), p =>
        {
            Assert.NotNull(p.parameter.grad);
            Assert.Equal(ScalarType.Float32, p.parameter.grad!.dtype);
            Assert.True(p.parameter.grad.isfinite().all().item<bool>(), p.name);
        });
    }

    [Fact]
    public void The_same_seed_makes_the_same_model()
    {
        using var scope = NewDisposeScope();
        using var one = TinyModel.Create(seed: 3);
        using var two = TinyModel.Create(seed: 3);
        Assert.All(one.named_parameters().Zip(two.named_parameters()), p => Assert.True(p.First.parameter.equal(p.Second.parameter).all().item<bool>()));
    }
}
