using TempSamp.Live.Testing;

namespace TempSamp.Live.Trainer.Tests;

public sealed class ExperimentPlanTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private ExperimentPlan Read(string json)
    {
        File.WriteAllText(_file, json);
        return ExperimentPlan.Read(_file);
    }

    private const string Whole = """
        {
          "model": "m", "data": "render:mixed", "seeds": [1], "testSeconds": 24,
          "options": { "learningRate": 1e-4, "phases": [{ "steps": 3, "thinking": true }] },
          "arms": [{ "name": "a", "options": { "method": "grpo" } }, { "name": "b", "options": { "learningRate": 2e-4 } }]
        }
        """;

    [Fact]
    public void An_arm_changes_what_it_names_and_shares_the_rest()
    {
        var plan = Read(Whole);
        Assert.Equal((PolicyMethod.Grpo, 1e-4, 5), (plan.OptionsOf(plan.Arms[0], 5).Method, plan.OptionsOf(plan.Arms[0], 5).LearningRate, plan.OptionsOf(plan.Arms[0], 5).Seed));
        Assert.Equal((PolicyMethod.TempSamp, 2e-4), (plan.OptionsOf(plan.Arms[1], 5).Method, plan.OptionsOf(plan.Arms[1], 5).LearningRate));
        Assert.Equal([new(3, Thinking: true)], plan.OptionsOf(plan.Arms[1], 5).Phases);
    }

    [Theory]
    [InlineData("\"seeds\": [1]", "\"seeds\": []", "no seeds")]
    [InlineData("\"name\": \"b\"", "\"name\": \"a\"", "two arms of one name")]
    [InlineData("\"learningRate\": 2e-4", "\"learningRat\": 2e-4", "learningRat")]
    [InlineData("\"seeds\": [1]", "\"seeds\": [1], \"baseline\": \"c\"", "'c' is none of the arms")]
    [InlineData("\"seeds\": [1]", "\"seeds\": [1], \"outliers\": 2", "share from 0 to 1")]
    [InlineData("\"seeds\": [1]", "\"seeds\": [1], \"boundaryNoise\": -1", "boundaryNoise is -1")]
    [InlineData("\"seeds\": [1]", "\"seeds\": [1], \"boundaryNoise\": 40", "less than clipSeconds")]
    public void A_plan_that_cannot_be_run_says_why(string right, string wrong, string reason)
    {
        var refused = Assert.Throws<TrainerException>(() => Read(Whole.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bundled_experiment_can_be_read()
    {
        var folder = Path.Combine(SharedData.Repository!, "models", "experiments");
        Assert.All(Directory.GetFiles(folder, "*.json"), file => Assert.Equal(3, ExperimentPlan.Read(file).Seeds.Count));
    }
}
