using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class AttentionTests
{
    private const int Rows = 6, Apart = 11, New = 6;

    [Fact]
    public void Keys_attended_to_apart_and_merged_are_what_one_softmax_over_all_gives()
    {
        TorchRuntime.Ensure();
        using var scope = NewDisposeScope();
        var (query, key, value, mask) = Made();

        var merged = Attention.Read(query, key, value, Apart, mask);

        Assert.True(Difference(merged, AtOnce(query, key, value, mask)) < 1e-6);
    }

    [Fact]
    public void Scores_far_apart_do_not_overflow()
    {
        TorchRuntime.Ensure();
        using var scope = NewDisposeScope();
        var (query, key, value, mask) = Made();
        key.narrow(2, 0, Apart).mul_(KeptScalar.Of(400.0));

        var merged = Attention.Read(query, key, value, Apart, mask);

        Assert.True(merged.isfinite().all().item<bool>());
        Assert.True(Difference(merged, AtOnce(query, key, value, mask)) < 1e-5);
    }

    private static (Tensor Query, Tensor Key, Tensor Value, Tensor Mask) Made()
    {
        using var random = new Generator(3);
        Tensor Normal(int length) => randn([1, 2, length, 8], generator: random);
        return (Normal(Rows), Normal(Apart + New), Normal(Apart + New), full([Rows, New], double.NegativeInfinity).triu_(1));
    }

    private static Tensor AtOnce(Tensor query, Tensor key, Tensor value, Tensor mask) =>
        bmm(Attention.Probabilities(query[0], key[0], cat([zeros([Rows, Apart]), mask], 1).unsqueeze(0)), value[0]).unsqueeze(0);

    private static double Difference(Tensor a, Tensor b) => (a - b).abs().max().item<float>();
}
