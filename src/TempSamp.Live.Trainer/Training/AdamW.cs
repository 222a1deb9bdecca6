using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, algorithm 2) in float32.</summary>
/// <remarks>
/// TorchSharp's own optimiser hands short-lived scalars to native code, which a garbage collection can free during the call
/// (<see cref="KeptScalar"/>): long runs then fail in <c>addcdiv_</c>. Here what changes from step to step travels as tensors.
/// </remarks>
/// <param name="parameters">What is trained, all on one device; parameters without a gradient are left alone.</param>
/// <param name="beta1">Decay of the mean.</param>
/// <param name="beta2">Decay of the squares.</param>
/// <param name="eps">Added to the root of the squares.</param>
/// <param name="decay">Weight decay.</param>
public sealed class AdamW(IReadOnlyList<Parameter> parameters, double beta1 = 0.9, double beta2 = 0.98, double eps = 1e-8, double decay = 0.02) : IDisposable
{
    private readonly Tensor[] _mean = [.. parameters.Select(p => zeros_like(p, requires_grad: false).DetachFromDisposeScope())];
    private readonly Tensor[] _square = [.. parameters.Select(p => zeros_like(p, requires_grad: false).DetachFromDisposeScope())];
    private int _steps;

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var parameter in parameters) parameter.grad = null;
    }

    /// <summary>Clips the gradients' norm to <paramref name="clip"/> and takes one step; a norm that is not finite takes none.</summary>
    /// <returns>The norm before clipping.</returns>
    public double Step(double learningRate, double clip = 1)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var norm = nn.utils.clip_grad_norm_(parameters, clip);
        if (!double.IsFinite(norm)) return norm;
        _steps++;
        var device = parameters[0].device;
        var keep = One(1 - learningRate * decay, device);
        var step = One(-learningRate / (1 - Math.Pow(beta1, _steps)), device);
        var correction = One(1 / Math.Sqrt(1 - Math.Pow(beta2, _steps)), device);
        for (var i = 0; i < parameters.Count; i++)
        {
            using var part = NewDisposeScope();
            if (parameters[i].grad is not { } gradient) continue;
            _mean[i].mul_(KeptScalar.Of(beta1)).Increase(gradient * KeptScalar.Of(1 - beta1));
            _square[i].mul_(KeptScalar.Of(beta2)).Increase(gradient * gradient * KeptScalar.Of(1 - beta2));
            var root = _square[i].sqrt().mul_(correction).Increase(KeptScalar.Of(eps));
            parameters[i].mul_(keep).Increase(_mean[i] / root * step);
        }
        return norm;
    }

    /// <summary>Forgets past gradients, as if no step had been taken.</summary>
    public void Forget()
    {
        using var quiet = no_grad();
        foreach (var state in _mean.Concat(_square)) state.zero_();
        _steps = 0;
    }

    /// <summary>Writes what the next step depends on, to be read by <see cref="Load"/>.</summary>
    public void Save(string path)
    {
        using var steps = tensor(new long[] { _steps });
        SafetensorsWriter.Write(path, Enumerable.Range(0, parameters.Count)
            .SelectMany(i => new[] { KeyValuePair.Create($"mean.{i}", _mean[i]), KeyValuePair.Create($"square.{i}", _square[i]) })
            .Append(KeyValuePair.Create("steps", steps)));
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelException">The file is damaged or of other parameters.</exception>
    public void Load(string path)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        for (var i = 0; i < parameters.Count; i++)
        {
            _mean[i].copy_(Fitting($"mean.{i}", _mean[i]));
            _square[i].copy_(Fitting($"square.{i}", _square[i]));
        }
        _steps = (int)file.Read("steps").item<long>();

        Tensor Fitting(string name, Tensor like)
        {
            if (!file.Entries.TryGetValue(name, out var entry) || !entry.Shape.SequenceEqual(like.shape))
                throw new ModelException($"{path} holds the optimiser of other parameters. Resume with the options of the run that wrote it.");
            return file.Read(name);
        }
    }

    private static Tensor One(double value, Device device) => tensor(new[] { (float)value }, device: device);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _mean.Concat(_square)) state.Dispose();
    }
}
