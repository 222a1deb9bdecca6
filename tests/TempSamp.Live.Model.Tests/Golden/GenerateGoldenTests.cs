using TempSamp.Live.Testing;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class GenerateGoldenTests
{
    [Fact]
    public void Answers_and_scores_are_those_of_the_reference() => Assert.All(GoldenTensors.Cases("generate"), golden =>
    {
        using var scope = NewDisposeScope();
        var (tokens, scores) = Generate(golden, PenaltyOf(golden));
        Assert.Equal(golden.IdRows("out.new_tokens"), tokens);
        Assert.Null(golden.Difference("out.step_logits", scores, Running(golden)));
    });

    [Fact]
    public void A_missing_repetition_penalty_is_noticed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains(GoldenTensors.Cases("generate").Where(c => PenaltyOf(c) != 1), golden => !golden.IdRows("out.new_tokens").Zip(Generate(golden, 1).Tokens).All(p => p.First.SequenceEqual(p.Second)));
    }

    private static double PenaltyOf(GoldenCase golden) => golden.Params.GetProperty("repetition_penalty").GetDouble();

    private static (int[][] Tokens, Tensor Scores) Generate(GoldenCase golden, double penalty)
    {
        var model = golden.SharedModel();
        var options = new GenerationOptions
        {
            MaxNewTokens = golden.Params.GetProperty("max_new_tokens").GetInt32(),
            EosTokenIds = golden.Params.GetProperty("eos_token_ids") is { ValueKind: System.Text.Json.JsonValueKind.Array } eos ? [.. eos.EnumerateArray().Select(e => e.GetInt32())] : [],
            PadTokenId = golden.Params.GetProperty("pad_token_id").GetInt32(),
            Sampling = new() { RepetitionPenalty = penalty },
        };
        var steps = new List<Tensor>();
        var tokens = new TokenGenerator(model).Generate(
            golden.Prompts(),
            golden.Rows(model, "in.pixel_values_videos", "in.video_grid_thw"),
            golden.Rows(model, "in.pixel_values", "in.image_grid_thw"),
            options,
            scores => steps.Add(scores.clone().DetachFromDisposeScope()));
        var all = stack(steps, 1);
        steps.ForEach(s => s.Dispose());
        return (tokens, all);
    }

    // [B, T, 1]: rows that have not ended before the step.
    private static Tensor Running(GoldenCase golden)
    {
        var eos = golden.Params.GetProperty("eos_token_ids") is { ValueKind: System.Text.Json.JsonValueKind.Array } list ? list.EnumerateArray().Select(e => e.GetInt32()).ToArray() : [];
        var running = golden.IdRows("out.new_tokens").SelectMany(row => row.Select((_, t) => !row[..t].Any(eos.Contains))).ToArray();
        return tensor(running, [golden.Tensors.Shape("out.new_tokens")[0], golden.Tensors.Shape("out.new_tokens")[1], 1]);
    }
}
