using System.Globalization;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class TokenScoresTests
{
    [Fact]
    public void Reference_scores_are_shaped_the_same()
    {
        var cases = GoldenManifest.Cases("logits_processors");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var shape = c.Tensors.Shape("in.scores");
            var scores = c.Tensors.Floats("in.scores").Chunk((int)shape[1]).ToArray();
            var present = c.Tensors.Longs("in.input_ids").Chunk((int)c.Tensors.Shape("in.input_ids")[1]).ToArray();
            var outputs = c.Tensors.Names.Where(n => n.StartsWith("out.", StringComparison.Ordinal)).ToArray();

            Assert.NotEmpty(outputs);
            Assert.All(outputs, name =>
            {
                var expected = c.Tensors.Floats(name).Chunk((int)shape[1]).ToArray();
                for (var row = 0; row < expected.Length; row++)
                {
                    var shaped = scores[row].ToArray();
                    TokenScores.Shape(shaped, present[row].Select(id => (int)id), Options(name));
                    for (var i = 0; i < shaped.Length; i++)
                        if (expected[row][i] < -1e29f) Assert.True(float.IsNegativeInfinity(shaped[i]), $"{name} row {row}: token {i} should be removed");
                        else Assert.True(Math.Abs(expected[row][i] - shaped[i]) <= 1e-5 + 1e-5 * Math.Abs(expected[row][i]), $"{name} row {row}: token {i} is {shaped[i]}, expected {expected[row][i]}");
                }
            });
        });
    }

    // Names are out.rep_1.05, out.top_k_20, out.chain_rep1.05_temp0.7_k50_p0.9 and the like.
    private static SamplingOptions Options(string name)
    {
        var options = new SamplingOptions();
        var parts = name.StartsWith("out.chain_", StringComparison.Ordinal)
            ? name["out.chain_".Length..].Split('_').Select(p => (p.TrimEnd("0123456789.".ToCharArray()), p.TrimStart("abcdefghijklmnopqrstuvwxyz".ToCharArray())))
            : [(name["out.".Length..name.LastIndexOf('_')], name[(name.LastIndexOf('_') + 1)..])];
        foreach (var (key, text) in parts)
        {
            var value = double.Parse(text, CultureInfo.InvariantCulture);
            options = key switch
            {
                "rep" => options with { RepetitionPenalty = value },
                "temp" => options with { Temperature = value },
                "top_k" or "k" => options with { TopK = (int)value },
                "top_p" or "p" => options with { TopP = value },
                "min_p" => options with { MinP = value },
                _ => throw new InvalidDataException($"{name} names {key}, which no option does."),
            };
        }
        return options;
    }

    [Fact]
    public void Best_token_survives_everything()
    {
        float[] scores = [1, 5, 3, -2];
        TokenScores.Shape(scores, [0], new() { RepetitionPenalty = 1.05, Temperature = 1e-6, TopK = 1, TopP = 0.001, MinP = 0.9 });
        Assert.Equal([false, true, false, false], scores.Select(s => !float.IsNegativeInfinity(s)));
    }

    [Fact]
    public void A_repeated_token_is_penalised_once()
    {
        float[] scores = [2, -2, 4];
        TokenScores.Shape(scores, [0, 0, 1, 1, 1], new() { RepetitionPenalty = 2 });
        Assert.Equal([1, -4, 4], scores);
    }

    [Fact]
    public void Defaults_change_nothing()
    {
        float[] scores = [2, -2, 4];
        TokenScores.Shape(scores, [0, 1, 2], new());
        Assert.Equal([2, -2, 4], scores);
    }
}
