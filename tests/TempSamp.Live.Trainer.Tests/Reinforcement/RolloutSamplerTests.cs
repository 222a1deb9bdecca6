using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class RolloutSamplerTests(GroupFixture fixture) : IClassFixture<GroupFixture>, IDisposable
{
    private RolloutSampler Sampler { get; } = new(fixture.Model, fixture.Prompt, fixture.Tokenizer, fixture.End);

    [Fact]
    public void Samples_at_a_low_temperature_are_what_greedy_decoding_of_each_prompt_alone_gives()
    {
        var found = Sampler.Sample(fixture.Features, GroupFixture.Pairs, fixture.Questions, new(Count: 2, MaxTokens: 6, Temperature: 1e-4), seed: 1);

        for (var window = 0; window < 2; window++)
            for (var question = 0; question < 2; question++)
                Assert.All(found[window][question], c => Assert.Equal(Greedy(window, fixture.Questions[window][question].Prompt, 6), c.Tokens));
    }

    [Fact]
    public void The_same_seed_samples_the_same_and_another_seed_something_else()
    {
        string Once(long seed) => string.Join('|', Sampler.Sample(fixture.Features, GroupFixture.Pairs, fixture.Questions, new(3, 5), seed).SelectMany(r => r).SelectMany(q => q).Select(c => c.Text));

        Assert.Equal(Once(4), Once(4));
        Assert.NotEqual(Once(4), Once(5));
    }

    private int[] Greedy(int window, int[] prompt, int most)
    {
        using var quiet = no_grad();
        var tokens = new List<int>();
        while (tokens.Count < most && (tokens.Count == 0 || tokens[^1] != fixture.End))
        {
            using var scope = NewDisposeScope();
            tokens.Add((int)fixture.Alone(window, prompt.Concat(tokens))[0, -1].argmax().item<long>());
        }
        return [.. tokens];
    }

    public void Dispose() => Sampler.Dispose();
}
