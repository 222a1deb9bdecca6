using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("checkpoint").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_saved_model_fits_itself(bool tied)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(tied, seed: 5);
        using var other = TinyModel.Create(tied, seed: 6);
        model.Save(_folder);
        Load(other);
        Assert.All(model.named_parameters().Zip(other.named_parameters()), p => Assert.True(p.First.parameter.equal(p.Second.parameter).all().item<bool>(), p.First.name));
    }

    [Fact]
    public void Names_of_the_in_memory_form_are_read_as_published()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(seed: 5);
        using var other = TinyModel.Create(seed: 6);
        Write(model.named_parameters().ToDictionary(p => p.name.StartsWith("visual.", StringComparison.Ordinal) ? "model." + p.name : "model.language_model." + p.name["model.".Length..], p => (Tensor)p.parameter));
        Load(other);
        Assert.True(model.Vision.parameters().First().equal(other.Vision.parameters().First()).all().item<bool>());
    }

    [Fact]
    public void All_tensors_that_do_not_fit_are_named_at_once()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var tensors = model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        tensors.Remove("model.norm.weight");
        tensors["model.extra.weight"] = zeros(2, 3);
        tensors["visual.merger.ln_q.weight"] = zeros(7);
        Write(tensors);

        var message = Assert.Throws<ModelException>(() => Load(model)).Message;
        Assert.Contains(_folder, message);
        Assert.Contains("missing model.norm.weight [48]", message);
        Assert.Contains("unexpected model.extra.weight [2, 3]", message);
        Assert.Contains("visual.merger.ln_q.weight is [7], wanted [32]", message);
    }

    [Fact]
    public void A_tied_checkpoint_may_carry_a_copy_of_its_embedding()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(tied: true);
        var tensors = model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"];
        Write(tensors);
        Load(model);
    }

    [Fact]
    public void A_shard_that_is_cut_short_or_named_by_a_path_is_an_error()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var source = GoldenManifest.Models.Select(GoldenManifest.ModelFolder).First(f => File.Exists(Path.Combine(f, "model.safetensors.index.json")));
        foreach (var file in Directory.GetFiles(source)) File.WriteAllBytes(Path.Combine(_folder, Path.GetFileName(file)), File.ReadAllBytes(file));

        var shard = Directory.GetFiles(_folder, "model-*.safetensors").Order().Last();
        using (var stream = File.OpenWrite(shard)) stream.SetLength(stream.Length - 100);
        var cut = Assert.Throws<ModelException>(() => QwenModel.Load(_folder)).Message;
        Assert.Contains(shard, cut);
        Assert.Contains("not complete", cut);

        var index = Path.Combine(_folder, "model.safetensors.index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace(Path.GetFileName(shard), "../" + Path.GetFileName(shard), StringComparison.Ordinal));
        Assert.Contains("not a file name", Assert.Throws<ModelException>(() => QwenModel.Load(_folder)).Message);
    }

    [Fact]
    public void A_folder_without_weights_is_an_error() =>
        Assert.Contains("neither model.safetensors nor", Assert.Throws<ModelException>(() => Checkpoint.Open(_folder)).Message);

    // Numbers from the reference sheet of the published checkpoints.
    [Theory]
    [InlineData(2048, 11008, 36, 16, 2, 151936, true, 824, 3_754_622_976)]
    [InlineData(3584, 18944, 28, 28, 4, 152064, false, 729, 8_292_166_656)]
    public void Published_sizes_have_the_published_tensors(int width, int inner, int layers, int heads, int kvHeads, int vocabulary, bool tied, int tensors, long parameters)
    {
        var config = new QwenConfig(
            new(vocabulary, width, inner, layers, heads, kvHeads, 1e-6, 1e6, [16, 24, 24], tied, 128000),
            new(32, 1280, 3420, 16, width, 14, 2, 2, 112, [7, 15, 23, 31], 2), 151652, 151653, 151655, 151656, "bfloat16");
        using var scope = NewDisposeScope();
        using var model = new QwenModel(config, new(ScalarType.BFloat16, META));
        var named = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(tensors, named.Count);
        Assert.Equal(parameters, named.Values.Sum(p => p.numel()));
        Assert.Equal([1280, 3, 2, 14, 14], named["visual.patch_embed.proj.weight"].shape);
        Assert.Equal([width, 5120], named["visual.merger.mlp.2.weight"].shape);
        Assert.Equal([kvHeads * 128], named[$"model.layers.{layers - 1}.self_attn.k_proj.bias"].shape);
        Assert.Equal(!tied, named.ContainsKey("lm_head.weight"));
    }

    private void Load(QwenModel model)
    {
        using var checkpoint = Checkpoint.Open(_folder);
        CheckpointLoader.Load(model, checkpoint, _folder);
    }

    private void Write(Dictionary<string, Tensor> tensors) => SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), tensors);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
