using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class PolicyRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policy").FullName;

    public PolicyRunTests()
    {
        TorchRuntime.Ensure();
        MiniModel.Prepare(Start);
        using var model = QwenModel.Create(QwenConfig.Load(Start), seed: 1);
        model.Save(Start);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Start => Path.Combine(_folder, "start");

    private static DataOptions Data => new("render:shop") { Seconds = 20 };

    private static readonly PolicyOptions s_options = new()
    {
        Phases = [new(3, Thinking: false), new(1, Thinking: true)], Solutions = 3, Windows = 1, Questions = 1, WindowSeconds = 3, LearningRate = 1e-3, AnswerTokens = 6, ThoughtTokens = 8,
    };

    private IReadOnlyList<StepReport> Run(string name, int checkpointEvery, CancellationToken cancel = default, Action<string>? report = null)
    {
        var output = Path.Combine(_folder, name);
        new PolicyRun(new(Start, Data, output, Clips: 1, HeldOutClips: 1, ValidationWindows: 8, CheckpointEvery: checkpointEvery, Exact: true, Threads: 1), s_options, report ?? (_ => { })).Run(cancel);
        return MetricsLog.Read(output);
    }

    [Fact]
    public void A_run_that_was_cut_off_after_a_checkpoint_ends_where_an_uninterrupted_one_does()
    {
        var whole = Run("whole", checkpointEvery: 10);

        // Cut off: the checkpoint of step 2 stays, lines and weights after it are lost.
        Run("cut", checkpointEvery: 2);
        var checkpoints = Path.Combine(_folder, "cut", "checkpoints");
        Directory.Delete(Path.Combine(checkpoints, "step-000004"), recursive: true);
        Directory.CreateDirectory(Path.Combine(checkpoints, "step-000004.partial"));
        var resumed = Run("cut", checkpointEvery: 2);

        Assert.Equal(4, resumed.Count);
        Assert.All(whole.Zip(resumed), pair => Assert.InRange(Math.Abs(pair.First.Loss - pair.Second.Loss), 0, 1e-6));
        Assert.All(whole.Zip(resumed), pair => Assert.InRange(Math.Abs(pair.First.GradientNorm - pair.Second.GradientNorm), 0, 1e-6));
    }

    [Fact]
    public void A_run_of_other_options_is_not_gone_on_with()
    {
        Run("run", checkpointEvery: 10);

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
