using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>What the single operations of a decode step take, in the sizes of a model: where a step is slow, this tells whether the host or the device is.</summary>
internal static class DeviceOps
{
    private const int Rounds = 200, Window = 5400, Rows = 4;

    /// <summary>Microseconds of each: until the host is free again, and until the device is done.</summary>
    public static Dictionary<string, (double Host, double Done)> Measure(QwenModel model)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var (text, type, device) = (model.Config.Text, model.Type, model.Device);
        int hidden = text.HiddenSize, inner = text.IntermediateSize, groups = text.Heads / text.KeyValueHeads;
        Tensor Some(params long[] shape) => randn(shape, type, device);
        var (x, up, down, both, inside) = (Some(Rows, hidden), Some(2 * inner, hidden), Some(hidden, inner), Some(Rows, 2 * inner), Some(Rows, inner));
        var (query, key, value) = (Some(1, text.KeyValueHeads, groups * Rows, text.HeadDim), Some(1, text.KeyValueHeads, Window, text.HeadDim), Some(1, text.KeyValueHeads, Window, text.HeadDim));
        var (mask, weight, heads, table) = (zeros([groups * Rows, Window], type, device), Some(hidden), Some(Rows, text.Heads + text.KeyValueHeads, text.HeadDim), Some(Rows, 1, text.HeadDim));
        var norm = new RmsNormOp(1e-6);
        var rotary = new Rotary(table, table);
        using var one = new KeyValueCache(text, 1, Window + Rows, type, device);
        one.Advance(Window);
        var (where, seen) = (zeros([3, Rows], ScalarType.Int64, device), zeros([Rows, Rows], type, device));
        Dictionary<string, (Action Run, int Rounds)> all = new()
        {
            ["add in place"] = (() => x.add_(x), Rounds),
            ["new tensor"] = (() => empty_like(x).Dispose(), Rounds),
            ["view"] = (() => x.narrow(0, 0, 2).Dispose(), Rounds),
            ["norm"] = (() => norm.Apply(x, weight).Dispose(), Rounds),
            ["turn"] = (() => rotary.Turn(heads).Dispose(), Rounds),
            ["gate and up"] = (() => x.mm(up.t()).Dispose(), Rounds),
            ["down, added"] = (() => x.addmm_(inside, down.t()), Rounds),
            ["silu of half"] = (() => both.narrow(1, 0, inner).silu_().Dispose(), Rounds),
            ["attention, fused"] = (() => nn.functional.scaled_dot_product_attention(query, key, value, mask).Dispose(), Rounds),
            ["attention, fused, no mask"] = (() => nn.functional.scaled_dot_product_attention(query, key, value).Dispose(), Rounds),
            ["attention, products"] = (() => bmm(Attention.Probabilities(query[0], key[0], mask.unsqueeze(0)), value[0]).Dispose(), Rounds),
            ["decoder, one pass"] = (() => model.Language.Read(x, where, [new(one, Window, Rows, seen)]).Dispose(), 10),
        };
        return all.ToDictionary(op => op.Key, op => Time(device, op.Value.Run, op.Value.Rounds));
    }

    /// <summary>What the tower takes for so many pairs.</summary>
    public static (double Host, double Done) Tower(QwenModel model, int pairs, int height, int width)
    {
        using var quiet = inference_mode();
        using var patches = zeros([pairs * height * width, model.Config.Vision.PatchLength], model.Type, model.Device);
        return Time(model.Device, () => model.Vision.Forward(patches, [(pairs, height, width)]).Dispose(), 5);
    }

    private static (double Host, double Done) Time(Device device, Action op, int rounds)
    {
        for (var i = 0; i < 3; i++) Once();
        Synchronise();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < rounds; i++) Once();
        var host = Stopwatch.GetElapsedTime(start);
        Synchronise();
        return (host.TotalMicroseconds / rounds, Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds);

        void Once()
        {
            using var part = NewDisposeScope();
            op();
        }

        void Synchronise()
        {
            if (device.type == DeviceType.CUDA) cuda.synchronize();
        }
    }
}
