using System.Text.Json.Nodes;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class ExperimentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("experiment").FullName;

    public ExperimentTests() => UntrainedModel.Save(Start);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Start => Path.Combine(_folder, "start");

    private ExperimentPlan Plan => new()
    {
        Model = Start, Data = "render:shop", Seeds = [1], Clips = 1, ClipSeconds = 20, TestSeconds = 3, TestClips = 1, TestWindows = 1, Threads = 1,
        Options = (JsonObject)JsonNode.Parse("""{ "solutions": 2, "windowSeconds": 3, "windows": 1, "questions": 1, "answerTokens": 4, "phases": [{ "steps": 1, "thinking": false }] }""")!,
        Arms = [new("sft", new JsonObject { ["method"] = "sft" }), new("tempsamp")],
    };

    [Fact]
    public void Finished_runs_are_not_run_again_and_a_cut_one_is()
    {
        var output = Path.Combine(_folder, "out");
        var lines = new List<string>();
        var first = new Experiment(Plan, output, lines.Add).Run(default);
        Assert.Equal([Experiment.Start, "sft", "tempsamp"], first.Select(r => r.Arm));
        Assert.All(first, r => Assert.Equal(first[0].IoUs.Count, r.IoUs.Count));

        var path = Path.Combine(output, "results.jsonl");
        File.WriteAllText(path, File.ReadAllText(path)[..^20]);                 // killed while the last line was written
        lines.Clear();
        var second = new Experiment(Plan, output, lines.Add).Run(default);
        Assert.Equal([Experiment.Start, "sft", "tempsamp"], second.Select(r => r.Arm));
        Assert.DoesNotContain(lines, l => l.StartsWith("sft, ", StringComparison.Ordinal));
        Assert.Equal(first[2].IoUs, second[2].IoUs);
    }

    [Fact]
    public void An_adapter_and_a_tower_that_learns_are_trained_as_a_run_would()
    {
        var plan = Plan with
        {
            Options = (JsonObject)JsonNode.Parse("""{ "method": "sft", "learningRate": 1e-2, "windowSeconds": 3, "windows": 1, "questions": 1, "answerTokens": 20, "phases": [{ "steps": 2, "thinking": false }] }""")!,
            Arms = [new("all"), new("adapter", (JsonObject)JsonNode.Parse("""{ "lora": { "rank": 2 } }""")!), new("tower", (JsonObject)JsonNode.Parse("""{ "tuneTower": true }""")!)],
        };

        new Experiment(plan, _folder, _ => { }).Run(default);

        // The second step's gradient is taken after the first has moved what learns: each way moves something else.
        var norms = plan.Arms.Select(a => MetricsLog.Read(Path.Combine(_folder, $"{a.Name}-1"))[1].GradientNorm).ToArray();
        Assert.All(norms, norm => Assert.True(norm > 0));
        Assert.Equal(3, norms.Distinct().Count());
    }

    [Fact]
    public void Noise_reaches_what_is_learnt()
    {
        double FirstNorm(double noise)
        {
            var output = Path.Combine(_folder, $"noise-{noise}");
            new Experiment(Plan with { BoundaryNoise = noise, Arms = [Plan.Arms[0]] }, output, _ => { }).Run(default);
            return MetricsLog.Read(Path.Combine(output, "sft-1"))[0].GradientNorm;
        }

        Assert.NotEqual(FirstNorm(0), FirstNorm(0.5));
    }
}
