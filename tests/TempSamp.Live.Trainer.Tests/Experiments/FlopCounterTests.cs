using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public class FlopCounterTests
{
    public FlopCounterTests() => TorchRuntime.Ensure();

    private static FlopCounter Counter(Tensor left, Tensor right, long vocabulary = 0) => new(left.Handle, () => mm(left, right).Dispose(), vocabulary);

    [Fact]
    public void A_product_and_the_gradients_of_both_its_factors_are_three_products()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (ones([3, 5], requires_grad: true), ones([5, 7], requires_grad: true));
        using var counter = Counter(ones(3, 5), ones(5, 7));
        mm(x, w).sum().backward();
        Assert.Equal(3 * 2 * 3 * 5 * 7, counter.Total);
    }

    [Fact]
    public void Only_a_softmax_over_the_vocabulary_is_looked_at()
    {
        using var scope = NewDisposeScope();
        using var counter = Counter(ones(3, 5), ones(5, 7), vocabulary: 11);
        ones(4, 13).softmax(-1);
        ones(2, 3, 11).log_softmax(-1);
        ones(2, 11).softmax(-1);
        Assert.Equal(6, counter.LogitRows);
    }
}
