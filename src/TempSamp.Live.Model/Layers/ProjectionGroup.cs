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
    private readonly Tensor _weight;            // [sum of padded outputs, in]
    private readonly Tensor _turned;            // its transpose, a view
    private readonly Tensor? _bias;             // [sum of padded outputs]
    private readonly int[] _outputs;
    private readonly int[] _starts;
    private readonly Projection[] _parts;

    public ProjectionGroup(int inputs, int[] outputs, bool bias, Storage storage)
    {
        _outputs = outputs;
        _starts = [.. outputs.Select((_, i) => outputs.Take(i).Sum(Padded))];
        var all = outputs.Sum(Padded);
        _weight = zeros([all, inputs], storage.Type, storage.Device).DetachFromDisposeScope();
        _turned = _weight.t().DetachFromDisposeScope();
        _bias = bias ? zeros([all], storage.Type, storage.Device).DetachFromDisposeScope() : null;
        _parts = [.. outputs.Select((count, i) => new Projection(_weight.narrow(0, _starts[i], count), _bias?.narrow(0, _starts[i], count)))];
    }

    /// <summary>Outputs as they lie in the product: filled up with zeros to whole 16 bytes of bfloat16, which a GPU's matrix units read several times faster than other rows.</summary>
    public static int Padded(int outputs) => (outputs + 7) / 8 * 8;

    /// <summary>One of the layers.</summary>
    public Projection this[int part] => _parts[part];

    /// <summary>All layers at once, without gradients: [N, in] -> [N, sum of padded outputs], one after the other.</summary>
    public Tensor Forward(Tensor x)
    {
        var y = _bias is null ? x.mm(_turned) : addmm(_bias, x, _turned, 1, 1);
        for (var i = 0; i < _parts.Length; i++)
            if (_parts[i].Update is { } update) y.narrow(1, _starts[i], _outputs[i]).add_(update.Apply(x), KeptScalar.Of(1L));
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
