using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class LanguageModelTests
{
    [Fact]
    public void Reading_in_pieces_with_a_cache_equals_reading_at_once()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create();
        var (embeds, positions) = (randn(2, 9, 48), Positions(2, 9));
        var whole = model.Language.Forward(embeds, positions);

        using var cache = new KeyValueCache(model.Config.Text, rows: 2, capacity: 9, ScalarType.Float32, CPU);
        var pieces = new[] { (0, 4), (4, 1), (5, 4) }.Select(p => model.Language.Forward(embeds.narrow(1, p.Item1, p.Item2), positions.narrow(2, p.Item1, p.Item2), cache: cache)).ToArray();
        Assert.Equal(9, cache.Length);
        Assert.True(cat(pieces, 1).allclose(whole, 1e-5, 1e-5));
        Assert.Contains("cannot take 1 more", Assert.Throws<ModelException>(() => model.Language.Forward(embeds.narrow(1, 0, 1), positions.narrow(2, 0, 1), cache: cache)).Message);
    }

    [Fact]
    public void A_prompt_read_in_pieces_ends_in_the_same_state_padding_or_not()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create();
        var (embeds, positions) = (randn(2, 11, 48), Positions(2, 11));
        var padded = ones([2, 11], ScalarType.Bool);
        padded[1, TensorIndex.Slice(0, 5)] = false;
        foreach (var mask in new[] { null, AttentionMask.CausalWithPadding(padded, 11) })
        {
            using var cache = new KeyValueCache(model.Config.Text, rows: 2, capacity: 11, ScalarType.Float32, CPU);
            var last = model.Language.Prefill(embeds, positions, mask, cache, piece: 4);
            Assert.Equal(11, cache.Length);
            Assert.True(last.allclose(model.Language.Forward(embeds, positions, mask).narrow(1, 10, 1), 1e-5, 1e-5));
        }
    }

    [Fact]
    public void Questions_side_by_side_under_a_block_mask_equal_questions_alone()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create();
        var (prefix, first, second) = (randn(1, 5, 48), randn(1, 2, 48), randn(1, 3, 48));
        var alone = new[] { first, second }.Select(q => model.Language.Forward(cat([prefix, q], 1), Positions(1, 5 + (int)q.shape[1])).narrow(1, 5, q.shape[1])).ToArray();

        var mask = ones([10, 10], ScalarType.Bool).tril();
        mask[TensorIndex.Slice(7, 10), TensorIndex.Slice(5, 7)] = false;                             // the second question does not see the first
        var positions = tensor(new long[] { 0, 1, 2, 3, 4, 5, 6, 5, 6, 7 }).view(1, 1, 10).expand(3, 1, 10);
        var together = model.Language.Forward(cat([prefix, first, second], 1), positions, mask.view(1, 1, 10, 10));
        Assert.True(together.narrow(1, 5, 2).allclose(alone[0], 1e-5, 1e-5));
        Assert.True(together.narrow(1, 7, 3).allclose(alone[1], 1e-5, 1e-5));
    }

    [Fact]
    public void Widths_that_are_no_whole_sixteen_bytes_are_served_as_they_are_trained()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var tiny = TinyModel.Config();
        using var model = QwenModel.Create(tiny with
        {
            Text = tiny.Text with { HiddenSize = 36, IntermediateSize = 44, Heads = 3, KeyValueHeads = 1, MropeSection = [2, 2, 2] },
            Vision = tiny.Vision with { OutHiddenSize = 36 },
        }, seed: 1);
        var (embeds, positions) = (randn(1, 7, 36), Positions(1, 7));

        using var cache = new KeyValueCache(model.Config.Text, rows: 1, capacity: 7, ScalarType.Float32, CPU);
        var served = model.Language.Read(embeds[0], positions.squeeze(1), [Stretch.Causal(cache, 7)]);
        Assert.True(served.allclose(model.Language.Forward(embeds, positions)[0], 1e-5, 1e-5));
    }

    [Fact]
    public void Many_tokens_behind_a_long_cache_are_read_as_one_pass_over_all_reads_them()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = QwenModel.Create(TinyModel.Config(), seed: 1);
        var (held, more) = (MergedAttention.LeastKeys, MergedAttention.LeastTokens);
        var (embeds, positions) = (randn(1, held + more, model.Config.Text.HiddenSize), Positions(1, held + more));
        using var cache = new KeyValueCache(model.Config.Text, rows: 1, capacity: held + more, ScalarType.Float32, CPU);

        model.Language.Read(embeds[0].narrow(0, 0, held), positions.squeeze(1).narrow(1, 0, held), [Stretch.Causal(cache, held)]);
        cache.Advance(held);
        var served = model.Language.Read(embeds[0].narrow(0, held, more), positions.squeeze(1).narrow(1, held, more), [Stretch.Causal(cache, more)]);

        Assert.True(served.allclose(model.Language.Forward(embeds, positions)[0].narrow(0, held, more), 1e-4, 1e-4));
    }

    [Fact]
    public void A_row_that_may_see_nothing_stays_finite()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var hidden = model.Language.Forward(randn(1, 4, 48).to(type), Positions(1, 4), zeros([1, 1, 4, 4], ScalarType.Bool));
            Assert.True(hidden.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Bool_and_added_masks_mean_the_same_and_wrong_shapes_are_refused()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create();
        var embeds = randn(2, 4, 48);
        var seen = ones([1, 1, 4, 4], ScalarType.Bool).tril();
        var added = zeros(1, 1, 4, 4).masked_fill(seen.logical_not(), -1e9);
        var causal = model.Language.Forward(embeds, Positions(2, 4));
        Assert.True(model.Language.Forward(embeds, Positions(2, 4), seen).allclose(causal));
        Assert.True(model.Language.Forward(embeds, Positions(2, 4), added).allclose(causal));
        Assert.Contains("wanted [2 or 1, 1, 4, 4]", Assert.Throws<ModelException>(() => model.Language.Forward(embeds, Positions(2, 4), ones([3, 1, 4, 4], ScalarType.Bool))).Message);
    }

    [Fact]
    public void An_observer_sees_every_layer_and_probabilities_with_gradients()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var seen = new Recorder { KeepsAttention = true };
        model.Language.Forward(randn(2, 5, 48), Positions(2, 5), observer: seen);
        Assert.Equal(2, seen.Layers.Count);
        Assert.Equal([2, 6, 5, 5], seen.Attentions[1].shape);
        Assert.True(seen.Attentions[1].sum(-1).allclose(ones(2, 6, 5)));
        Assert.True(seen.Attentions[1].triu(1).eq(0).all().item<bool>());
        seen.Attentions[1].square().sum().backward();
        Assert.NotNull(model.Language.named_parameters().First(p => p.name == "layers.0.self_attn.q_proj.weight").parameter.grad);
    }

    [Fact]
    public void Two_hundred_forward_passes_leave_no_tensor_behind()
    {
        using var model = TinyModel.Create();
        Pass(model);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 200; i++) Pass(model);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    // Every input and output is disposed by hand: whatever else lives on was lost inside.
    private static void Pass(QwenModel model)
    {
        using var patches = randn(16 + 24, 1176);
        using var rows = model.Vision.Forward(patches, [(1, 4, 4), (1, 4, 6)]);
        using var ids = tensor(Enumerable.Repeat(293L, 10).Append(7).ToArray(), [1, 11]);
        using var embeds = model.Embed(ids, rows);
        using var count = arange(11);
        using var positions = count.view(1, 1, 11);
        using var three = positions.expand(3, 1, 11);
        using var cache = new KeyValueCache(model.Config.Text, 1, 11, ScalarType.Float32, CPU);
        using var hidden = model.Language.Forward(embeds, three, null, cache);
        using var logits = model.Logits(hidden);
    }

    private static Tensor Positions(int rows, int length) => arange(length).view(1, 1, length).expand(3, rows, length);
}
