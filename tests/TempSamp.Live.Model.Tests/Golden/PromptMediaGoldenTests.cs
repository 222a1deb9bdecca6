using TempSamp.Live.Testing;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

/// <summary>Prompts with images, with several videos and with both: the serving path (positions, placeholders, cache) against the reference.</summary>
public class PromptMediaGoldenTests
{
    [Fact]
    public void Prompts_with_an_image_and_with_several_videos_are_among_the_cases()
    {
        var cases = GoldenTensors.Cases("text_forward");
        Assert.Contains(cases, c => c.Grids("in.image_grid_thw").Length > 0 && c.Grids("in.video_grid_thw").Length > 0);
        Assert.Contains(cases, c => c.Grids("in.video_grid_thw").Length > 1);
    }

    [Fact]
    public void The_first_scores_after_any_prompt_are_those_of_the_reference() => Assert.All(
        GoldenTensors.Cases("text_forward").Where(c => c.Tensors.Has("out.logits")), golden =>
        {
            using var scope = NewDisposeScope();
            var shape = golden.Tensors.Shape("out.logits");                                       // [B, S, V]
            var everywhere = zeros(shape);
            using var first = FirstScores(golden);
            everywhere.narrow(1, shape[1] - 1, 1).copy_(first.unsqueeze(1));
            var last = zeros([1, shape[1], 1], @bool);
            last.narrow(1, shape[1] - 1, 1).fill_(true);
            Assert.Null(golden.Difference("out.logits", everywhere, last));
        });

    // [B, V], the caller's to free; through the generator and its cache.
    private static Tensor FirstScores(GoldenCase golden)
    {
        var model = golden.SharedModel();
        Tensor? first = null;
        new TokenGenerator(model).Generate(
            golden.Prompts(),
            golden.Rows(model, "in.pixel_values_videos", "in.video_grid_thw"),
            golden.Rows(model, "in.pixel_values", "in.image_grid_thw"),
            new() { MaxNewTokens = 1 },
            scores => first = scores.clone().DetachFromDisposeScope());
        return first!;
    }
}
