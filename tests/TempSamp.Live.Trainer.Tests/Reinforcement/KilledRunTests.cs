using TempSamp.Live.Model;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>Runs as real processes, with what happens to processes.</summary>
public sealed class KilledRunTests : IDisposable
{
    private const int Steps = 6;
    private const string Phases = "answer:4,think:2";

    /// <summary>Kibibytes that a file may have on the full disk: the weights fit, the optimiser's state does not.</summary>
    private const int FileLimit = 24_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("killed").FullName;

    public KilledRunTests() => UntrainedModel.Save(Start);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Start => Path.Combine(_folder, "start");

    private string Run(string name) => Path.Combine(_folder, name);

    private ChildProcess Train(string name, bool isDiskFull = false)
    {
        string[] line =
        [
            Path.Combine(AppContext.BaseDirectory, "tempsamp-train"), "tempsamp", "--model", Start, "--data", "render:shop", "--out", Run(name), "--seconds", "20", "--clips", "1", "--held-out-clips", "1",
            "--validation-windows", "8", "--window", "3", "--windows", "1", "--questions", "1", "--solutions", "3", "--answer-tokens", "6", "--thought-tokens", "8", "--phases", Phases, "--lr", "1e-3",
            "--checkpoint-every", "2", "--exact", "--threads", "1", "--cache", "none",
        ];
        // A write beyond the limit fails as on a full disk once the signal that would end the process is ignored.
        return isDiskFull ? ChildProcess.Start("bash", ["-c", $"trap '' XFSZ; ulimit -f {FileLimit}; exec \"$@\"", "run", .. line]) : ChildProcess.Start(line[0], line[1..]);
    }

    private string[] Checkpoints(string name) => Directory.Exists(Path.Combine(Run(name), "checkpoints")) ? [.. Directory.GetDirectories(Path.Combine(Run(name), "checkpoints"), "step-??????").Select(d => Path.GetFileName(d)).Order()] : [];

    // The same run in this process.
    private IReadOnlyList<StepReport> Uninterrupted()
    {
        new PolicyRun(new(Start, new("render:shop") { Seconds = 20 }, Run("whole"), Clips: 1, HeldOutClips: 1, ValidationWindows: 8, Exact: true, Threads: 1),
            new() { Phases = PolicyCommand.Phases(Phases), Solutions = 3, Windows = 1, Questions = 1, WindowSeconds = 3, LearningRate = 1e-3, AnswerTokens = 6, ThoughtTokens = 8 }, _ => { }).Run(default);
        return MetricsLog.Read(Run("whole"));
    }

    private async Task<IReadOnlyList<StepReport>> Finish(string name)
    {
        await using var run = Train(name);
        var code = await run.ExitAsync(TestContext.Current.CancellationToken);
        Assert.True(code == 0, run.Said);
        return MetricsLog.Read(Run(name));
    }

    [Fact]
    public async Task A_run_that_was_killed_and_then_met_a_full_disk_ends_where_an_uninterrupted_one_does()
    {
        await using (var killed = Train("cut"))
            await Until.TrueAsync("the first checkpoint", TimeSpan.FromMinutes(3), () => Task.FromResult(Checkpoints("cut").Length > 0 || killed.HasExited), () => killed.Said);
        // On a machine that is busy the kill may come late, even after the end: then later checkpoints are lost too.
        foreach (var late in Checkpoints("cut")[1..]) Directory.Delete(Path.Combine(Run("cut"), "checkpoints", late), recursive: true);
        var before = Assert.Single(Checkpoints("cut"));

        await using (var full = Train("cut", isDiskFull: true))
        {
            var code = await full.ExitAsync(TestContext.Current.CancellationToken);
            Assert.True(code == 1, full.Said);
            Assert.Contains("cannot be written", full.Said, StringComparison.Ordinal);
        }
        Assert.Equal([before], Checkpoints("cut"));

        var resumed = await Finish("cut");
        var whole = Uninterrupted();

        Assert.Equal(Steps, resumed.Count);
        Assert.All(whole.Zip(resumed), pair => Assert.InRange(Math.Abs(pair.First.Loss - pair.Second.Loss), 0, 1e-6));
        Assert.All(whole.Zip(resumed), pair => Assert.InRange(Math.Abs(pair.First.GradientNorm - pair.Second.GradientNorm), 0, 1e-6));
    }
}
