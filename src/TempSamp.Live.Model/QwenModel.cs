using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Qwen2.5-VL: vision tower, decoder and output head, with the parameter names of the published checkpoints.</summary>
public sealed class QwenModel : nn.Module
{
    [ComponentName(Name = "visual")] private readonly VisionTower _visual;
    [ComponentName(Name = "model")] private readonly LanguageModel _language;
    [ComponentName(Name = "lm_head")] private readonly Projection? _head;

    internal QwenModel(QwenConfig config, Storage storage) : base(nameof(QwenModel))
    {
        Config = config;
        _visual = new(config.Vision, storage);
        _language = new(config.Text, storage);
        _head = config.Text.TieWordEmbeddings ? null : new(config.Text.HiddenSize, config.Text.VocabSize, bias: false, storage);
        RegisterComponents();
    }

    /// <summary>The model's shape.</summary>
    public QwenConfig Config { get; }

    /// <summary>Frame pairs to rows.</summary>
    public VisionTower Vision => _visual;

    /// <summary>The decoder.</summary>
    public LanguageModel Language => _language;

    /// <summary>Device of the parameters.</summary>
    public Device Device => _language.Embedding.Weight.device;

    /// <summary>Type of the parameters.</summary>
    public ScalarType Type => _language.Embedding.Weight.dtype;

    /// <summary>Whether the tower's passes over few frames are recorded as the decoder's are: <see cref="LanguageModel.RecordsPasses"/>. For serving: what comes out is of no use to gradients.</summary>
    public bool RecordsPasses
    {
        get => _visual.RecordsPasses;
        set => _visual.RecordsPasses = _language.RecordsPasses = value;
    }

    /// <summary>A new model with random weights, for training from scratch and for tests.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="type">Type of the parameters; float32 when null.</param>
    /// <param name="device">Where they live; CPU when null.</param>
    public static QwenModel Create(QwenConfig config, int seed, ScalarType? type = null, Device? device = null)
    {
        TorchRuntime.Ensure();
        var model = new QwenModel(config, new(type ?? ScalarType.Float32, device ?? CPU));
        WeightInitializer.Fill(model, seed);
        return model;
    }

    /// <summary>Loads a model folder: <c>config.json</c> and safetensors, single or sharded.</summary>
    /// <param name="directory">Hugging Face layout.</param>
    /// <param name="type">Type of the parameters; what the configuration names when null.</param>
    /// <param name="device">Where they live; CPU when null.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <remarks>Besides the parameters it takes at most one slice of memory, <see cref="SafetensorsFile.SliceBytes"/>, and maps at most as much of the files at once.</remarks>
    /// <exception cref="ModelException">Files are missing or damaged, the architecture is another, or tensors do not fit; the message lists all of them.</exception>
    public static QwenModel Load(string directory, ScalarType? type = null, Device? device = null, IProgress<LoadProgress>? progress = null)
    {
        TorchRuntime.Ensure();
        var config = QwenConfig.Load(directory);
        using var checkpoint = Checkpoint.Open(directory);
        var model = new QwenModel(config, new(type ?? TypeOf(config.DType), device ?? CPU));
        try
        {
            CheckpointLoader.Load(model, checkpoint, directory, progress);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Writes <c>model.safetensors</c> with the published names, an attached adapter merged in. Configuration and tokenizer files are the caller's.</summary>
    /// <param name="directory">Made if absent.</param>
    /// <param name="type">Type to store; the parameters' own when null.</param>
    public void Save(string directory, ScalarType? type = null)
    {
        Directory.CreateDirectory(directory);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var updates = named_modules().Where(m => m.module is Projection { Update: not null }).ToDictionary(m => m.name + ".weight", m => ((Projection)m.module).Update!);
        SafetensorsWriter.Write(
            Path.Combine(directory, "model.safetensors"),
            named_parameters().Select(p => KeyValuePair.Create(p.name, updates.TryGetValue(p.name, out var update) ? update.AddedTo(p.parameter).to(type ?? p.parameter.dtype) : p.parameter)),
            type);
    }

    /// <summary>Token rows with vision rows put in place of their placeholders, in order.</summary>
    /// <param name="ids">[B, S] int64.</param>
    /// <param name="videoRows">[M, D] from the tower, one for each video placeholder of the batch; null for none.</param>
    /// <param name="imageRows">[M, D] likewise for image placeholders.</param>
    /// <returns>[B, S, D] in the type of the vision rows, or of the parameters where there are none.</returns>
    /// <exception cref="ModelException">Placeholders and rows differ in number.</exception>
    public Tensor Embed(Tensor ids, Tensor? videoRows = null, Tensor? imageRows = null)
    {
        using var scope = NewDisposeScope();
        var embeds = _language.Embedding.forward(ids).In(videoRows?.dtype ?? imageRows?.dtype ?? Type);
        embeds = Place(embeds, ids, videoRows, Config.VideoTokenId, "video");
        return Place(embeds, ids, imageRows, Config.ImageTokenId, "image").MoveToOuterDisposeScope();
    }

    /// <summary>Scores of the next token, [..., D] -> [..., V].</summary>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var logits = _head is null ? nn.functional.linear(hidden, _language.Embedding.Weight.In(hidden.dtype)) : _head.forward(hidden);
        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>The rows of the output head that score the given tokens, [R] -> [R, D], as a copy: for decoding that chooses from a few tokens only.</summary>
    public Tensor HeadRows(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var rows = (_head?.Weight ?? _language.Embedding.Weight).index_select(0, ids);
        if (_head?.Update is { } update) rows = rows.Plus(update.Rows(ids));
        return rows.MoveToOuterDisposeScope();
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "bfloat16" => ScalarType.BFloat16,
        "float32" => ScalarType.Float32,
        _ => throw new ModelException($"config.json names the type {name}, which is not run here. Load the model as float32 or bfloat16."),
    };

    private static Tensor Place(Tensor embeds, Tensor ids, Tensor? rows, int placeholder, string kind)
    {
        var places = ids.eq(KeptScalar.Of((long)placeholder));                                   // [B, S]
        var wanted = places.sum().item<long>();
        var given = rows?.shape[0] ?? 0;
        if (wanted != given)
            throw new ModelException($"The prompt holds {wanted} {kind} placeholders but the vision tower gave {given} rows. Expand each placeholder to t*h*w/4 copies of itself.");
        return rows is null ? embeds : embeds.masked_scatter(places.unsqueeze(-1).expand_as(embeds), rows);
    }
}
