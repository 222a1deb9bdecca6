using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

public class OpCountTests
{
    private const int MostPerLayer = 16;

    // What is asked of libtorch beyond the layers is the same however many there are, so a layer's share is the difference of two depths.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_decode_step_asks_at_most_sixteen_operations_of_a_layer(ScalarType type)
    {
        var (shallow, deep) = (Step(2, type), Step(6, type));
        var perLayer = deep.ToDictionary(o => o.Key, o => (o.Value - shallow.GetValueOrDefault(o.Key)) / 4.0);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", perLayer.Where(o => o.Value > 0).Select(o => $"{o.Value} {o.Key}")));
        Assert.InRange(perLayer.Values.Sum(), 10, MostPerLayer);
    }

    // One more token of three questions of one window.
    private static IReadOnlyDictionary<string, int> Step(int layers, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(TinyModel.Profile(), layers: layers, type: type);
        using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), ["a goal", "a card", "a corner"]);
        windows.Push(TinyModel.Pairs(model, 0, 4));
        model.Engine.Run([new(windows, [])]);
        using var head = new TokenHead(model.Network, model.Grammar.Choices);
        var pass = new SuffixPass(model.Network, new());
        pass.Read([new(windows.Oldest, [.. Enumerable.Range(1, 3).Select(i => new SuffixRow([i, 2, 3]))])], head);
        using var counter = new OpCounter();
        pass.Read([new(windows.Oldest, [.. Enumerable.Range(1, 3).Select(i => new SuffixRow([i, 2, 3, 4]))])], head);
        return counter.ByName;
    }
}
