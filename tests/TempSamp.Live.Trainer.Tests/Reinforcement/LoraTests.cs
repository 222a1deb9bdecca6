using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>Low-rank adapters against the full weights of the same small model.</summary>
public sealed class LoraTests : IDisposable
{
    private readonly GroupFixture _fixture = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("lora").FullName;

    public void Dispose()
    {
        _fixture.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private QwenModel Model => _fixture.Model;

    private Tensor Scores() => _fixture.Alone(0, _fixture.Questions[0][0].Prompt);

    private LoraAdapter Adapter(bool isTrained, params string[] targets)
    {
        foreach (var parameter in Model.parameters()) parameter.requires_grad_(false);
        var adapter = LoraAdapter.Create(Model, new() { Rank = 4, Alpha = 8, Targets = targets.Length == 0 ? LoraOptions.AllTargets : targets });
        using var quiet = no_grad();
        if (isTrained) foreach (var b in adapter.Parameters.Where(p => p.Key.Contains("lora_B", StringComparison.Ordinal))) b.Value.normal_(0, 0.02);
        return adapter;
    }

    [Fact]
    public void A_new_adapter_changes_nothing_and_a_trained_one_can_be_switched_off()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var before = Scores();
        using (var fresh = Adapter(isTrained: false)) Assert.True(before.allclose(Scores(), 0, 0));

        using var adapter = Adapter(isTrained: true);
        Assert.False(before.allclose(Scores(), 1e-3, 1e-3));
        adapter.IsOn = false;
        Assert.True(before.allclose(Scores(), 0, 0));
        adapter.IsOn = true;
        Assert.False(before.allclose(Scores(), 1e-3, 1e-3));
    }

    [Fact]
    public void Its_gradients_are_the_projections_of_the_full_weights_gradient()
    {
        using var scope = NewDisposeScope();
        using var adapter = Adapter(isTrained: true, "q_proj", "down_proj");
        Scores().log_softmax(-1).select(2, 7).sum().backward();
        var found = adapter.Parameters.ToDictionary(p => p.Key, p => (Value: p.Value.detach().clone(), Gradient: p.Value.grad!.clone()));

        adapter.Merge();
        foreach (var parameter in Model.parameters()) parameter.requires_grad_(true);
        Scores().log_softmax(-1).select(2, 7).sum().backward();

        var weights = Model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(2 * 2 * Model.Config.Text.Layers, found.Count);
        foreach (var name in found.Keys.Where(n => n.EndsWith("lora_A.weight", StringComparison.Ordinal)))
        {
            var path = name["base_model.model.".Length..^".lora_A.weight".Length];
            var (a, b) = (found[name], found[name.Replace("lora_A", "lora_B", StringComparison.Ordinal)]);
            var full = weights[path + ".weight"].grad!;
            Near(full.mm(a.Value.t()) * 2, b.Gradient, path + " B");        // alpha / rank is 2
            Near(b.Value.t().mm(full) * 2, a.Gradient, path + " A");
        }
    }

    [Fact]
    public void Merged_saved_and_loaded_it_is_the_same_model()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var options = new LoraOptions { Rank = 4, Alpha = 8 };
        using var adapter = Adapter(isTrained: true);
        var wanted = Scores();
        adapter.Save(Path.Combine(_folder, "adapter"), options, "base");
        Model.Save(_folder);                                                      // merged on the way
        adapter.IsOn = false;
        var without = Scores();
        adapter.Dispose();

        using (LoraAdapter.Load(Model, Path.Combine(_folder, "adapter"))) Near(wanted, Scores(), "loaded");
        using var merged = SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors"));
        foreach (var (name, parameter) in Model.named_parameters()) parameter.copy_(merged.Read(name));
        Near(wanted, Scores(), "merged");
        Assert.False(wanted.allclose(without, 1e-3, 1e-3));
    }

    [Theory]
    [InlineData(0, "q_proj", "rank is 0")]
    [InlineData(4, "c_attn", "'c_attn'")]
    public void What_cannot_be_adapted_is_named(int rank, string target, string reason) =>
        Assert.Contains(reason, Assert.Throws<ModelException>(() => LoraAdapter.Create(Model, new() { Rank = rank, Targets = [target] })).Message, StringComparison.Ordinal);

    private static void Near(Tensor wanted, Tensor found, string what)
    {
        var (scale, off) = (wanted.abs().max().item<float>(), (wanted - found).abs().max().item<float>());
        Assert.True(off <= 1e-4 * Math.Max(scale, 1e-2), $"{what}: off by {off} at {scale}");
    }
}
