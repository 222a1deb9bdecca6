using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class PolicyRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policy").FullName;

    public PolicyRunTests() => UntrainedModel.Save(Start);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Start => Path.Combine(_folder, "start");

    private static DataOptions Data => new("render:shop") { Seconds = 20 };

    private static readonly PolicyOptions s_options = new()
    {
        Phases = [new(3, Thinking: false), new(1, Thinking: true)], Solutions = 3, Windows = 1, Questions = 1, WindowSeconds = 3, LearningRate = 1e-3, AnswerTokens = 6, ThoughtTokens = 8,
    };

    private void Run(string name, PolicyOptions options, Action<string> report, int validateEvery = 0) => new PolicyRun(
        new(Start, Data, Path.Combine(_folder, name), Clips: 1, HeldOutClips: 1, ValidationWindows: 8, ValidateEvery: validateEvery, Exact: true, Threads: 1), options, report).Run(default);

    [Fact]
    public void A_run_with_an_adapter_leaves_the_adapter_and_the_merged_model_and_the_best_by_validation()
    {
        var output = Path.Combine(_folder, "lora");
        var said = new List<string>();

        Run("lora", s_options with { Phases = [new(2, Thinking: false)], Lora = new() { Rank = 2 }, Beta = 0.04, LearningRate = 1e-2, Presences = 1 }, said.Add, validateEvery: 1);

        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var merged = QwenModel.Load(output, ScalarType.Float32);
        using var start = QwenModel.Load(Start, ScalarType.Float32);
        var ids = tensor(new long[] { 5, 6, 7 }, [1, 3]);
        var positions = arange(3).expand(3, 1, 3);
        Tensor Scores(QwenModel model) => model.Logits(model.Language.Forward(model.Embed(ids), positions));
        var before = Scores(start);
        using var adapter = LoraAdapter.Load(start, Path.Combine(output, "adapter"));
        Assert.True(Scores(start).allclose(Scores(merged), 0.05, 0.05));          // the merged model is stored in bfloat16
        Assert.False(before.allclose(Scores(merged), 0.05, 0.05));
        Assert.True(File.Exists(Path.Combine(output, "best", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine(output, "best", "adapter", "adapter_config.json")));
        Assert.Equal(2, MetricsLog.Read(output).Count);
        Assert.StartsWith("[####################] step 2/2 loss", Assert.Single(said, s => s.Contains("step 2/2", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_reasons_is_scored_both_ways()
    {
        var said = new List<string>();

        Run("both", s_options, said.Add);

        Assert.Single(said, s => s.StartsWith("held-out: R1@0.3 ", StringComparison.Ordinal));
        Assert.Matches(@"^held-out, reasoning first: R1@0\.3 .*\(8 questions\), .* unparsed, .* tokens an answer$", said[^1]);
    }

    [Fact]
    public void A_run_of_other_options_is_not_gone_on_with()
    {
        Run("run", s_options, _ => { });

        var refused = Assert.Throws<TrainerException>(() => new PolicyRun(
            new(Start, Data, Path.Combine(_folder, "run"), Clips: 1, HeldOutClips: 1, ValidationWindows: 8, Exact: true), s_options with { LearningRate = 2e-3 }, _ => { }).Run(default));

        Assert.Contains("other options", refused.Message);
    }

    [Theory]
    [InlineData("answer:200,think:50", 250)]
    [InlineData("answer:10", 10)]
    public void Phases_are_read_in_order(string text, int steps) => Assert.Equal(steps, PolicyCommand.Phases(text).Sum(p => p.Steps));

    [Theory]
    [InlineData("answer")]
    [InlineData("answer:0")]
    [InlineData("think:-3")]
    [InlineData("")]
    public void Phases_that_are_spelt_wrong_are_named(string text) => Assert.Contains("answer:STEPS", Assert.Throws<TrainerException>(() => PolicyCommand.Phases(text)).Message);
}
