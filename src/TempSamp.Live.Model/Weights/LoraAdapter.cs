using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A low-rank adapter in PEFT's layout, attached to a model for as long as it is not disposed.</summary>
public sealed class LoraAdapter : IDisposable
{
    private const string Prefix = "base_model.model.";
    private readonly Dictionary<string, Parameter> _parameters = [];
    private readonly List<Projection> _attached = [];

    private LoraAdapter()
    {
    }

    /// <summary>The trained matrices under PEFT's names.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => _parameters;

    /// <summary>Reads <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> and attaches them.</summary>
    /// <exception cref="ModelException">A file is missing or damaged, the adapter is of another kind, or it does not fit the model.</exception>
    public static LoraAdapter Load(QwenModel model, string directory)
    {
        var scale = ReadScale(directory);
        using var file = SafetensorsFile.Open(Path.Combine(directory, "adapter_model.safetensors"));
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
        projection.Update = new(a, b, scale);
        _attached.Add(projection);
    }

    private Parameter Read(SafetensorsFile file, string name, Tensor like)
    {
        using var stored = file.Read(name);
        var parameter = new Parameter(stored.to(like.dtype, like.device, copy: true));
        parameter.DetachFromDisposeScope();
        return _parameters[name] = parameter;
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
        var path = Path.Combine(directory, "adapter_config.json");
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
        foreach (var projection in _attached) projection.Update = null;
        foreach (var parameter in _parameters.Values) parameter.Dispose();
    }
}
