using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Linear layers with the same input whose weights lie one behind the other in memory, so that serving computes all of them as one product.</summary>
/// <remarks>
/// Each part keeps its own parameters under its published name: they are views of the common memory, so loading, training and serving see the same
/// numbers and nothing is stored twice. Whoever changes a parameter must change it in place.
/// </remarks>
internal sealed class ProjectionGroup : IDisposable
{
    private readonly Tensor _weight;            // [sum of outputs, in]
    private readonly Tensor _turned;            // its transpose, a view
    private readonly Tensor? _bias;             // [sum of outputs]
    private readonly int[] _outputs;
    private readonly int[] _starts;
    private readonly Projection[] _parts;

    /// <summary>Allocates the common memory.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="outputs">Width of each layer's output.</param>
    /// <param name="bias">Whether the layers have one.</param>
    /// <param name="storage">Type and device.</param>
    /// <param name="isPadded">Whether each output is filled up with zeros, see <see cref="Storage.Padded"/>; else they lie without gaps.</param>
    public ProjectionGroup(int inputs, int[] outputs, bool bias, Storage storage, bool isPadded = false)
    {
        _outputs = outputs;
        int[] widths = isPadded ? [.. outputs.Select(Storage.Padded)] : outputs;
        _starts = [.. widths.Select((_, i) => widths.Take(i).Sum())];
        _weight = empty([widths.Sum(), inputs], storage.Type, storage.Device).DetachFromDisposeScope();
        _turned = _weight.t().DetachFromDisposeScope();
        _bias = bias ? empty([widths.Sum()], storage.Type, storage.Device).DetachFromDisposeScope() : null;
        _parts = [.. outputs.Select((count, i) => new Projection(_weight.narrow(0, _starts[i], count), _bias?.narrow(0, _starts[i], count)))];
        for (var i = 0; i < outputs.Length; i++)
        {
            Storage.ZeroFrom(_weight.narrow(0, _starts[i], widths[i]), 0, outputs[i]);
            if (_bias is not null) Storage.ZeroFrom(_bias.narrow(0, _starts[i], widths[i]), 0, outputs[i]);
        }
    }

    /// <summary>One of the layers.</summary>
    public Projection this[int part] => _parts[part];

    /// <summary>All layers at once, without gradients: [N, in] -> [N, sum of outputs, padded or not], one after the other.</summary>
    public Tensor Forward(Tensor x)
    {
        var y = _bias is null ? x.mm(_turned) : addmm(_bias, x, _turned, 1, 1);
        for (var i = 0; i < _parts.Length; i++)
            if (_parts[i].Update is { } update) y.narrow(1, _starts[i], _outputs[i]).Increase(update.Apply(x));
        return y;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turned.Dispose();
        _weight.Dispose();
        _bias?.Dispose();
    }
}
