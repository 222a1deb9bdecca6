using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public class ManifestTests
{
    private static readonly Dictionary<string, Type> Runners = new()
    {
        ["vision"] = typeof(VisionGoldenTests), ["text_forward"] = typeof(TextForwardGoldenTests), ["generate"] = typeof(GenerateGoldenTests),
        ["logprobs"] = typeof(LogProbabilityGoldenTests), ["grad"] = typeof(TrainingGoldenTests), ["train"] = typeof(TrainingGoldenTests),
        ["lora"] = typeof(TrainingGoldenTests), ["processor_e2e"] = typeof(ProcessorEndToEndTests), ["positions"] = typeof(MultimodalPositionsTests),
        ["temporal_index"] = typeof(MultimodalPositionsTests), ["preprocess_video"] = typeof(FrameProcessorTests), ["preprocess_image"] = typeof(FrameProcessorTests),
        ["smart_resize"] = typeof(FrameSizeTests), ["video_resize"] = typeof(FrameSizeTests), ["smart_nframes"] = typeof(FrameSamplingTests),
        ["frame_indices"] = typeof(FrameSamplingTests), ["hf_sample_frames"] = typeof(FrameSamplingTests), ["chat_template"] = typeof(ChatTemplateTests),
        ["tokenizer"] = typeof(ChatTokenizerTests), ["logits_processors"] = typeof(TokenScoresTests),
    };

    [Fact]
    public void Every_kind_of_reference_case_has_tests_and_every_case_its_file()
    {
        if (SharedData.Golden is not { } folder)
        {
            Assert.Skip(SharedData.Missing("golden"));
            return;
        }
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        var cases = manifest.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        Assert.NotEmpty(cases);
        Assert.All(cases, c => Assert.Contains(c.GetProperty("kind").GetString()!, Runners.Keys));
        Assert.All(cases, c => Assert.True(File.Exists(Path.Combine(folder, c.GetProperty("file").GetString()!))));
    }
}
