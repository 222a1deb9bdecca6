using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>A model folder opened to be trained as the options say: which weights learn, with an adapter or not, and what the KL term is taken against.</summary>
public sealed class OpenedPolicy : IDisposable
{
    private OpenedPolicy(TrainedPolicy policy) => Policy = policy;

    /// <summary>What is trained and what it is held against; all of it is freed with this.</summary>
    public TrainedPolicy Policy { get; }

    /// <summary>Loads a model and marks what learns.</summary>
    /// <param name="directory">The model's folder.</param>
    /// <param name="options">Adapter, tower and KL term.</param>
    /// <param name="type">Type that is computed in.</param>
    /// <param name="device">Where.</param>
    public static OpenedPolicy Load(string directory, PolicyOptions options, ScalarType type, Device device)
    {
        // An adapter's base never changes, so it is kept in the type that is computed in; what is trained is in float32.
        var model = QwenModel.Load(directory, options.Lora is null || options.TuneTower ? ScalarType.Float32 : type, device);
        var adapter = options.Lora is null ? null : LoraAdapter.Create(model, options.Lora);
        var reference = options.Beta > 0 && adapter is null ? QwenModel.Load(directory, ScalarType.Float32, device) : null;
        return new(new(model, Trained(model, adapter, options.TuneTower), adapter, reference));
    }

    private static List<(string Name, Parameter Parameter)> Trained(QwenModel model, LoraAdapter? adapter, bool tower)
    {
        foreach (var parameter in model.parameters()) parameter.requires_grad_(false);
        List<(string Name, Parameter Parameter)> trained = adapter is not null
            ? [.. adapter.Parameters.Select(p => (p.Key, p.Value))]
            : [.. model.named_parameters().Where(p => !p.name.StartsWith("visual.", StringComparison.Ordinal))];
        if (tower) trained.AddRange(model.Vision.named_parameters().Select(p => ($"visual.{p.name}", p.parameter)));
        foreach (var (_, parameter) in trained) parameter.requires_grad_(true);
        return trained;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Policy.Adapter?.Dispose();
        Policy.Reference?.Dispose();
        Policy.Model.Dispose();
    }
}
