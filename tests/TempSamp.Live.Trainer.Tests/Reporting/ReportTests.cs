namespace TempSamp.Live.Trainer.Tests;

public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("report").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Run(string name, int steps, double gain)
    {
        var folder = Path.Combine(_folder, name);
        Directory.CreateDirectory(folder);
        using var log = new MetricsLog(folder, 0);
        for (var step = 1; step <= steps; step++)
            log.Write(new StepReport
            {
                Step = step, Thinking = false, Loss = 1, Entropy = 1, Divergence = 0, GradientNorm = 1, LearningRate = 1e-4, Tokens = 50, Seconds = 0.5,
                Reward = gain * step, IoU = gain * step, AdvantageSkewness = step % 2 == 0 ? null : -0.5, DeadGroups = 0.1, Samples = [gain * step, 0, 1],
                Validation = step % 10 == 0 ? new(3, 1, 0.5, 0.2, gain * step, 0, double.NaN) : null,
            });
        return folder;
    }

    [Fact]
    public void Several_runs_are_drawn_beside_each_other_and_their_ends_printed()
    {
        var output = new StringWriter();
        var code = ReportCommand.Create().Parse([Run("grpo", 40, 0.01), Run("tempsamp", 30, 0.02), "--out", Path.Combine(_folder, "plots")]).Invoke(new() { Output = output });

        Assert.Equal(0, code);
        string[] files = ["dead-groups.png", "iou-spread.png", "iou.png", "reward.png", "skewness.png", "validation.png"];
        Assert.Equal(files, Directory.GetFiles(Path.Combine(_folder, "plots")).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(Path.Combine(_folder, "plots")), file => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(file)[..4]));
        Assert.Matches(@"grpo +40 +0\.385 +0\.385", output.ToString());
        Assert.Matches(@"tempsamp +30 +0\.580", output.ToString());
    }

    [Fact]
    public void A_folder_without_steps_is_refused() =>
        Assert.Contains("holds no metrics.jsonl", Assert.Throws<TrainerException>(() => RunSummary.Read(_folder)).Message);

    [Fact]
    public void Boxes_have_quartiles_and_whiskers_that_leave_outliers_out()
    {
        var box = BoxNumbers.Of([1, 2, 3, 4, 5, 6, 7, 8, 9, 100]);

        Assert.Equal((1, 3.25, 5.5, 7.75, 9), (box.Low, box.Quarter, box.Median, box.ThreeQuarters, box.High));
    }

    [Fact]
    public void Stretches_of_a_run_hold_their_own_samples()
    {
        var run = RunSummary.Read(Run("run", 10, 0.1));

        Assert.Equal([0, 1], run.Boxes(2).Select(b => b.Stretch));
        Assert.Equal(0.3, run.Boxes(2)[0].Box.Median, 9);
    }

    [Fact]
    public void TensorBoard_events_hold_the_steps()
    {
        var folder = Run("run", 3, 0.1);

        var events = File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(folder, "tensorboard"))));

        Assert.Contains("advantage/skewness", System.Text.Encoding.Latin1.GetString(events), StringComparison.Ordinal);
        Assert.DoesNotContain("validation/", System.Text.Encoding.Latin1.GetString(events), StringComparison.Ordinal);
        Assert.Contains("reward/total", System.Text.Encoding.Latin1.GetString(events), StringComparison.Ordinal);
    }
}
