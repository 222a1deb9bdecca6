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
/// <param name="parameters">What is trained; parameters without a gradient are left alone.</param>
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

    /// <summary>Clips the gradients' norm to 1 and takes one step.</summary>
    public void Step(double learningRate)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        nn.utils.clip_grad_norm_(parameters, 1.0);
        _steps++;
        var keep = One(1 - learningRate * decay);
        var step = One(-learningRate / (1 - Math.Pow(beta1, _steps)));
        var correction = One(1 / Math.Sqrt(1 - Math.Pow(beta2, _steps)));
        for (var i = 0; i < parameters.Count; i++)
        {
            using var part = NewDisposeScope();
            if (parameters[i].grad is not { } gradient) continue;
            _mean[i].mul_(KeptScalar.Of(beta1)).add_(gradient * KeptScalar.Of(1 - beta1));
            _square[i].mul_(KeptScalar.Of(beta2)).add_(gradient * gradient * KeptScalar.Of(1 - beta2));
            var root = _square[i].sqrt().mul_(correction).add_(KeptScalar.Of(eps));
            parameters[i].mul_(keep).add_(_mean[i] / root * step);
        }
    }

    private static Tensor One(double value) => tensor(new[] { (float)value });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _mean.Concat(_square)) state.Dispose();
    }
}
