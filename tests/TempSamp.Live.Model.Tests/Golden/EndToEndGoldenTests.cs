using TempSamp.Live.Testing;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

/// <summary>From the reference's resized frames to its answer: patches, tower, decoder, generation.</summary>
public class EndToEndGoldenTests
{
    private const int ScoredSteps = 4;

    [Fact]
    public void Resized_frames_and_tokens_become_the_answer_of_the_reference() => Assert.All(GoldenTensors.Cases("processor_e2e"), golden =>
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var model = golden.SharedModel();
        var batches = Enumerable.Range(0, golden.Params.GetProperty("video_fps").GetArrayLength()).Select(i => Patches(golden, i)).ToArray();
        var rows = batches.Length == 0 ? null : model.Vision.Forward(
            cat([.. batches.Select(b => tensor(b.Values, [b.Grid.Patches, 1176]))], 0),
            [.. batches.Select(b => (b.Grid.Time, b.Grid.Height, b.Grid.Width))]);
        var prompts = new PromptBatch(
            golden.IdRows("out.input_ids"), golden.IdRows("out.attention_mask"), [.. batches.Select(b => b.Grid)], [],
            batches.Length == 0 ? null : golden.Tensors.Floats("out.second_per_grid_ts"));

        var settings = GenerationConfig.Load(golden.ModelFolder);
        var scores = new List<Tensor>();
        var tokens = new TokenGenerator(model).Generate(
            prompts, rows, null,
            new() { MaxNewTokens = golden.Params.GetProperty("max_new_tokens").GetInt32(), PadTokenId = settings.PadTokenId!.Value },
            s => scores.Add(s.clone().DetachFromDisposeScope()));
        Assert.Equal(golden.IdRows("out.new_tokens"), tokens);
        Assert.Null(golden.Difference("out.step_logits", stack(scores.Take(ScoredSteps), 1)));
        scores.ForEach(s => s.Dispose());
    });

    private static PatchBatch Patches(GoldenCase golden, int video)
    {
        var frames = FrameProcessorTests.Frames(golden, $"out.resized_u8_{video}", out var size);
        return new FrameProcessor(PreprocessorConfig.Load(golden.ModelFolder)).Patches(frames, size);
    }
}
