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

    [Fact]
    public void Weights_of_whole_numbers_are_named_with_their_type()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var tensors = model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        tensors["model.norm.weight"] = zeros(48, int8);
        Write(tensors);
        Assert.Contains("model.norm.weight [48] is stored as I8", Assert.Throws<ModelException>(() => Load(model)).Message);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_model_in_shards_loads_into_either_type_and_tells_how_far_it_is(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(seed: 5);
        using var other = new QwenModel(TinyModel.Config(), new(type, CPU));
        WriteShards(model, 3);

        var told = new List<LoadProgress>();
        using (var checkpoint = Checkpoint.Open(_folder)) CheckpointLoader.Load(other, checkpoint, _folder, new Told(told));

        Assert.All(model.named_parameters().Zip(other.named_parameters()), p => Assert.True(p.First.parameter.to(type).equal(p.Second.parameter).all().item<bool>(), p.First.name));
        Assert.Equal(told.Select(t => t.Done).Order(), told.Select(t => t.Done));
        Assert.Equal(told[^1].Total, told[^1].Done);
        Assert.Equal(["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"], told.Select(t => t.File).Distinct());
        Assert.EndsWith("MB read, 100 % (model-00003-of-00003.safetensors)", told[^1].ToString());
    }

    [Fact]
    public void All_missing_shards_are_named_at_once()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        WriteShards(model, 4);
        foreach (var gone in new[] { 2, 4 }) File.Delete(Path.Combine(_folder, $"model-{gone:00000}-of-00004.safetensors"));
        var message = Assert.Throws<ModelException>(() => Checkpoint.Open(_folder)).Message;
        Assert.Contains("lacks 2 of the 4 files", message);
        Assert.Contains("model-00002-of-00004.safetensors, model-00004-of-00004.safetensors", message);
    }

    private void WriteShards(QwenModel model, int count)
    {
        var shards = model.named_parameters().Index().GroupBy(p => p.Index % count, p => p.Item).ToArray();
        var files = shards.ToDictionary(s => $"model-{s.Key + 1:00000}-of-{count:00000}.safetensors");
        foreach (var (file, shard) in files) SafetensorsWriter.Write(Path.Combine(_folder, file), shard.Select(p => KeyValuePair.Create(p.name, (Tensor)p.parameter)), ScalarType.BFloat16);
        var index = new { weight_map = files.SelectMany(f => f.Value.Select(p => (p.name, f.Key))).ToDictionary(e => e.name, e => e.Key) };
        File.WriteAllText(Path.Combine(_folder, "model.safetensors.index.json"), System.Text.Json.JsonSerializer.Serialize(index));
        foreach (var (_, parameter) in model.named_parameters()) parameter.requires_grad_(false).copy_(parameter.to(ScalarType.BFloat16));
    }

    private sealed class Told(List<LoadProgress> told) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => told.Add(value);
    }

    private void Load(QwenModel model)
    {
        using var checkpoint = Checkpoint.Open(_folder);
        CheckpointLoader.Load(model, checkpoint, _folder);
    }

    private void Write(Dictionary<string, Tensor> tensors) => SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), tensors);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
