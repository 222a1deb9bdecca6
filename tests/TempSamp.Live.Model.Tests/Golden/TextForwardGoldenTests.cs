using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class TextForwardGoldenTests
{
    [Fact]
    public void Decoder_agrees_with_the_reference_layer_by_layer() =>
        Assert.All(GoldenTensors.Cases("text_forward"), golden => Assert.Empty(Differences(golden, golden.SharedModel())));

    [Fact]
    public void Reversed_position_sections_are_noticed() => AssertNoticed(t => t with { MropeSection = [.. t.MropeSection.Reverse()] });

    [Fact]
    public void Another_rotary_base_is_noticed() => AssertNoticed(t => t with { RopeTheta = 1e4 });

    [Fact]
    public void Another_norm_epsilon_is_noticed() => AssertNoticed(t => t with { RmsNormEps = 1e-3 });

    private static void AssertNoticed(Func<QwenTextConfig, QwenTextConfig> change) => Assert.All(
        GoldenTensors.Cases("text_forward").GroupBy(c => (c.Model, Type: c.Compute())).Where(g => g.Key.Type == ScalarType.Float32),
        cases =>
        {
            var good = cases.First().SharedModel();
            using var wrong = new QwenModel(good.Config with { Text = change(good.Config.Text) }, new(ScalarType.Float32, CPU));
            using (var checkpoint = Checkpoint.Open(cases.First().ModelFolder)) CheckpointLoader.Load(wrong, checkpoint, "");
            Assert.Contains(cases, c => Differences(c, wrong).Length > 0);
        });

    private static string[] Differences(GoldenCase golden, QwenModel model)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var layers = new Recorder();
        var tokens = golden.Longs("in.attention_mask");
        var embeds = golden.Embeds(model);
        var hidden = model.Language.Forward(embeds, golden.Longs("out.position_ids"), AttentionMask.CausalWithPadding(tokens, tokens.shape[1]), observer: layers);

        var states = layers.Layers.Select((h, i) => (Name: $"out.hidden_{i + 1}", Tensor: h))
            .Append((Name: "out.hidden_0", Tensor: embeds)).Append((Name: "out.final_norm", Tensor: hidden)).Append((Name: "out.logits", Tensor: model.Logits(hidden)));
        var where = tokens.to(ScalarType.Bool).unsqueeze(-1);
        return [.. states.Where(s => golden.Tensors.Has(s.Name)).Select(s => golden.Difference(s.Name, s.Tensor, where)).OfType<string>()];
    }
}
