using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class TokenGeneratorTests
{
    private static readonly PromptBatch Prompt = new([[5, 6, 7]], null, [], [], null);

    [Fact]
    public void The_same_seed_draws_the_same_answer_and_another_seed_another()
    {
        using var model = TinyModel.Create();
        Assert.Equal(Draw(model, 1), Draw(model, 1));
        Assert.NotEqual(Draw(model, 1), Draw(model, 2));
    }

    [Fact]
    public void A_draw_among_one_token_is_the_best_token()
    {
        using var model = TinyModel.Create();
        var best = new TokenGenerator(model).Generate(Prompt, null, null, new() { MaxNewTokens = 12 });
        var drawn = new TokenGenerator(model).Generate(Prompt, null, null, new() { MaxNewTokens = 12, Random = new(1), Sampling = new() { TopK = 1 } });
        Assert.Equal(best, drawn);
    }

    [Fact]
    public void An_answer_ends_with_its_end_token()
    {
        using var model = TinyModel.Create();
        var free = new TokenGenerator(model).Generate(Prompt, null, null, new() { MaxNewTokens = 8 })[0];
        var ended = new TokenGenerator(model).Generate(Prompt, null, null, new() { MaxNewTokens = 8, EosTokenIds = [free[2]] })[0];
        Assert.Equal(free[..(Array.IndexOf(free, free[2]) + 1)], ended);
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_an_error()
    {
        using var model = TinyModel.Create();
        using (no_grad()) model.Language.Embedding.Weight.fill_(float.NaN);
        Assert.Contains("not numbers", Assert.Throws<ModelException>(() => new TokenGenerator(model).Generate(Prompt, null, null, new())).Message);
    }

    private static int[] Draw(QwenModel model, int seed) =>
        new TokenGenerator(model).Generate(Prompt, null, null, new() { MaxNewTokens = 12, Random = new(seed) })[0];
}
