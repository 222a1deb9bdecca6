namespace TempSamp.Live.Trainer.Tests;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Flags_of_the_file_join_the_line_and_those_on_the_line_win()
    {
        File.WriteAllText(_file, """{ "lr": 1e-4, "phases": "answer:20,think:10", "exact": true, "seed": 7 /* fixed */ }""");

        Assert.Equal(["tempsamp", "--seed", "9", "--lr", "1e-4", "--phases", "answer:20,think:10", "--exact", "true"], ConfigFile.Expand(["tempsamp", "--config", _file, "--seed", "9"]));
        Assert.Equal(["grpo", "--lr=1", "--phases", "answer:20,think:10", "--exact", "true", "--seed", "7"], ConfigFile.Expand(["grpo", $"--config={_file}", "--lr=1"]));
        Assert.Equal(["score", "--json"], ConfigFile.Expand(["score", "--json"]));
    }

    [Fact]
    public void What_comes_out_is_a_command_line_of_the_verb()
    {
        File.WriteAllText(_file, """{ "model": "m", "data": "render:shop", "out": "o", "exact": true, "shaping": "anchor", "lora": 8, "cache": "none" }""");

        Assert.Empty(PolicyCommand.Create("tempsamp", PolicyMethod.TempSamp, "").Parse(ConfigFile.Expand(["--config", _file])).Errors);
        Assert.Contains(PolicyCommand.Create("grpo", PolicyMethod.Grpo, "").Parse(ConfigFile.Expand(["--config", _file])).Errors, e => e.Message.Contains("--shaping", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[1]", "is not a JSON object of flags")]
    [InlineData("{", "is not a JSON object of flags")]
    [InlineData("""{ "lr": [1] }""", "lr is neither text nor a number")]
    public void A_file_that_holds_no_flags_is_refused(string text, string reason)
    {
        File.WriteAllText(_file, text);

        Assert.Contains(reason, Assert.Throws<TrainerException>(() => ConfigFile.Expand(["sft", "--config", _file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_named() => Assert.Contains("does not exist", Assert.Throws<TrainerException>(() => ConfigFile.Expand(["sft", "--config", "/nowhere.json"])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_program_calls_it_bad_usage() => Assert.Equal(2, await Program.Main(["sft", "--config", "/nowhere.json"]));

    [Fact]
    public void The_curriculum_and_the_loop_share_their_flags() =>
        Assert.Empty(SftCommand.Create().Parse("--model mini --data render:mixed --out o --clips 10 --seconds 20 --tower-steps 0 --legs none --spans 3 --presences 0 --lr 1e-3 --seed 1 --threads 2 --cache none").Errors);
}
