using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A low-rank adapter in PEFT's layout, attached to a model for as long as it is not disposed.</summary>
public sealed partial class LoraAdapter : IDisposable
{
    private const string Prefix = "base_model.model.";
    private const string ConfigFile = "adapter_config.json";
    private const string WeightsFile = "adapter_model.safetensors";
    private readonly Dictionary<string, Parameter> _parameters = [];
    private readonly List<(Projection Projection, LowRankUpdate Update)> _attached = [];
    private bool _isOn = true;

    private LoraAdapter()
    {
    }

    /// <summary>The trained matrices under PEFT's names.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => _parameters;

    /// <summary>Whether the adapter takes part; the model without it is the one it was attached to, at no cost in memory.</summary>
    public bool IsOn
    {
        get => _isOn;
        set
        {
            _isOn = value;
            foreach (var (projection, update) in _attached) projection.Update = value ? update : null;
        }
    }

    /// <summary>A new adapter in float32 that changes nothing yet, attached to the decoder of a model.</summary>
    /// <exception cref="ModelException">The rank is below 1, or a target names no linear layer of the decoder.</exception>
    public static LoraAdapter Create(QwenModel model, LoraOptions options)
    {
        if (options.Rank < 1) throw new ModelException($"An adapter's rank is {options.Rank}: it must be at least 1.");
        if (options.Targets.Count == 0 || options.Targets.Except(LoraOptions.AllTargets).ToArray() is { Length: > 0 })
            throw new ModelException($"An adapter's targets are '{string.Join(",", options.Targets)}': name some of {string.Join(",", LoraOptions.AllTargets)}.");
        using var random = DeviceDice.Seeded(options.Seed, model.Device);
        var adapter = new LoraAdapter();
        foreach (var (path, module) in model.named_modules().OrderBy(m => m.name, StringComparer.Ordinal))
        {
            if (module is not Projection projection || DecoderLinear().Match(path) is not { Success: true } match || !options.Targets.Contains(match.Groups[1].Value)) continue;
            var (outputs, inputs) = (projection.Weight.shape[0], projection.Weight.shape[1]);
            var bound = 1 / Math.Sqrt(inputs);
            using var scope = NewDisposeScope();
            var a = adapter.Add($"{Prefix}{path}.lora_A.weight", zeros([options.Rank, inputs], ScalarType.Float32, model.Device).uniform_(-bound, bound, random));
            var b = adapter.Add($"{Prefix}{path}.lora_B.weight", zeros([outputs, options.Rank], ScalarType.Float32, model.Device));
            adapter.Attach(projection, new(a, b, options.Alpha / options.Rank));
        }
        return adapter;
    }

    /// <summary>Writes the adapter in PEFT's layout.</summary>
    /// <param name="directory">Made if absent.</param>
    /// <param name="options">What it was made with.</param>
    /// <param name="baseModel">What PEFT is told the base model is.</param>
    public void Save(string directory, LoraOptions options, string baseModel)
    {
        Directory.CreateDirectory(directory);
        SafetensorsWriter.Write(Path.Combine(directory, WeightsFile), _parameters.Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value)));
        var config = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["r"] = options.Rank,
            ["lora_alpha"] = options.Alpha,
            ["lora_dropout"] = 0.0,
            ["bias"] = "none",
            ["target_modules"] = new JsonArray([.. options.Targets.Select(t => (JsonNode)t)]),
            ["exclude_modules"] = ".*visual.*",
            ["base_model_name_or_path"] = baseModel,
            ["inference_mode"] = true,
            ["fan_in_fan_out"] = false,
            ["use_rslora"] = false,
        };
        File.WriteAllText(Path.Combine(directory, ConfigFile), config.ToJsonString(new() { WriteIndented = true }) + "\n");
    }

    /// <summary>Adds the update to the model's own weights and takes the adapter off: the model stays as it was with it.</summary>
    public void Merge()
    {
        using (no_grad())
            foreach (var (projection, update) in _attached)
            {
                using var scope = NewDisposeScope();
                projection.Weight.copy_(update.AddedTo(projection.Weight));
            }
        Dispose();
    }

    /// <summary>Reads <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> and attaches them.</summary>
    /// <exception cref="ModelException">A file is missing or damaged, the adapter is of another kind, or it does not fit the model.</exception>
    public static LoraAdapter Load(QwenModel model, string directory)
    {
        var scale = ReadScale(directory);
        using var file = SafetensorsFile.Open(Path.Combine(directory, WeightsFile));
        var projections = model.named_modules().Where(m => m.module is Projection).ToDictionary(m => m.name, m => (Projection)m.module);
        var adapter = new LoraAdapter();
        try
        {
            foreach (var path in file.Entries.Keys.Select(k => ModulePath(file.Path, k)).Distinct())
            {
                if (!projections.TryGetValue(Checkpoint.Published(path), out var projection))
                    throw new ModelException($"{file.Path} adapts {path}, which this model does not have. Use an adapter of the same base model.");
                adapter.Attach(projection, file, path, scale);
            }
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    private void Attach(Projection projection, SafetensorsFile file, string path, double scale)
    {
        var a = Read(file, $"{Prefix}{path}.lora_A.weight", projection.Weight);            // [r, in]
        var b = Read(file, $"{Prefix}{path}.lora_B.weight", projection.Weight);            // [out, r]
        if (a.dim() != 2 || b.dim() != 2 || a.shape[0] != b.shape[1] || a.shape[1] != projection.Weight.shape[1] || b.shape[0] != projection.Weight.shape[0])
            throw new ModelException($"{file.Path} adapts {path} by [{string.Join(", ", b.shape)}] x [{string.Join(", ", a.shape)}], which does not fit its weight [{string.Join(", ", projection.Weight.shape)}]. Use an adapter of the same base model.");
        Attach(projection, new(a, b, scale));
    }

    private void Attach(Projection projection, LowRankUpdate update)
    {
        projection.Update = update;
        _attached.Add((projection, update));
    }

    private Parameter Add(string name, Tensor values)
    {
        var parameter = new Parameter(values.DetachFromDisposeScope());
        parameter.DetachFromDisposeScope();
        return _parameters[name] = parameter;
    }

    private Parameter Read(SafetensorsFile file, string name, Tensor like)
    {
        using var stored = file.Read(name);
        return Add(name, stored.to(like.dtype, like.device, copy: true));
    }

    private static string ModulePath(string file, string key)
    {
        var end = new[] { ".lora_A.weight", ".lora_B.weight" }.FirstOrDefault(e => key.EndsWith(e, StringComparison.Ordinal));
        return end is not null && key.StartsWith(Prefix, StringComparison.Ordinal)
            ? key[Prefix.Length..^end.Length]
            : throw new ModelException($"{file} holds {key}, which is no low-rank matrix of a linear layer. Only plain LoRA adapters are read.");
    }

    private static double ReadScale(string directory)
    {
        var path = Path.Combine(directory, ConfigFile);
        if (!File.Exists(path)) throw new ModelException($"{path} does not exist. Check the adapter folder.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            bool Flag(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
            if (root.GetProperty("peft_type").GetString() != "LORA" || Flag("fan_in_fan_out") || Flag("use_dora") || (root.TryGetProperty("bias", out var bias) && bias.GetString() != "none"))
                throw new ModelException($"{path} describes an adapter that is not plain LoRA. Merge it into its base model first.");
            var (rank, alpha) = (root.GetProperty("r").GetInt32(), root.GetProperty("lora_alpha").GetDouble());
            return alpha / (Flag("use_rslora") ? Math.Sqrt(rank) : rank);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ModelException($"{path} is not an adapter's configuration ({e.Message}). Fetch it again.", e);
        }
    }

    /// <summary>Detaches the adapter; the model is as before.</summary>
    public void Dispose()
    {
        foreach (var (projection, _) in _attached) projection.Update = null;
        _attached.Clear();
        foreach (var parameter in _parameters.Values) parameter.Dispose();
    }

    [GeneratedRegex(@"^model\.layers\.[0-9]+\.(?:self_attn|mlp)\.([a-z_]+)$")]
    private static partial Regex DecoderLinear();
}
