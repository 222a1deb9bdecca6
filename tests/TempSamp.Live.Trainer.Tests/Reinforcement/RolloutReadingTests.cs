using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class RolloutReadingTests(GroupFixture fixture) : IClassFixture<GroupFixture>
{
    private const int Windows = 2, Capacity = 64;

    [Fact]
    public void Serving_reads_what_is_said_behind_windows_as_the_layers_of_training_do()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using IRolloutReading batched = new BatchedReading(fixture.Model, Windows, Capacity, ScalarType.Float32);
        using IRolloutReading serving = new ServingReading(fixture.Model, [.. Enumerable.Range(0, Windows).Select(_ => new KeyValueCache(fixture.Model.Config.Text, 1, Capacity, ScalarType.Float32, CPU))]);
        random.manual_seed(9);
        var (shared, where) = (Embeds(12), Positions(0, 12));
        batched.ReadShared(shared, where);
        serving.ReadShared(shared, where);

        // two questions of three tokens, then two lanes: the first behind one question, the second behind the other, twice
        var questions = kron(eye(2), ones(3, 3).tril()).to(ScalarType.Bool).expand(Windows, -1, -1);
        var lanes = kron(eye(2), ones(1, 3)).to(ScalarType.Bool);
        var once = cat([lanes, eye(2, dtype: ScalarType.Bool)], 1);
        var twice = cat([once, eye(2, dtype: ScalarType.Bool)], 1);
        foreach (var (mask, at) in new[] { (questions, 12), (once.expand(Windows, -1, -1), 15), (twice.expand(Windows, -1, -1), 16) })
        {
            var embeds = Embeds((int)mask.shape[1]);
            var expected = batched.Read(embeds, Positions(at, (int)mask.shape[1]), mask);
            var actual = serving.Read(embeds, Positions(at, (int)mask.shape[1]), mask);
            Assert.True(actual.allclose(expected, 1e-4, 1e-5), $"differ by {(actual - expected).abs().max().item<float>()}");
        }
    }

    private Tensor Embeds(int count) => randn(Windows, count, fixture.Model.Config.Text.HiddenSize);

    // Any will do, as long as both are told the same.
    private static Tensor Positions(int from, int count) => arange(from, from + count, ScalarType.Int64).expand(3, Windows, -1);
}
