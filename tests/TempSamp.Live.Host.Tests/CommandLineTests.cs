using System.Text.Json;

namespace TempSamp.Live.Host.Tests;

public class CommandLineTests
{
    [Fact]
    public async Task Help_teaches_by_example()
    {
        var (code, output, _) = await Cli.RunAsync("--help");

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("--Section:Key=value", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("probe")]
    [InlineData("clip")]
    [InlineData("run")]
    [InlineData("demo")]
    [InlineData("ground")]
    [InlineData("explain")]
    public async Task Every_verb_has_help_with_examples(string verb)
    {
        var (code, output, _) = await Cli.RunAsync(verb, "--help");

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains($"  tempsamp-live {verb}", output.Split("Examples:")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dance")]
    [InlineData("doctor --jason")]
    [InlineData("demo --port abc")]
    [InlineData("demo --port 70000")]
    [InlineData("ground a.mp4")]
    [InlineData("explain --stream match-7")]
    [InlineData("explain --stream match-7 --at yesterday")]
    [InlineData("clip a.mp4 --from 4 --to 2 --out b.mp4")]
    [InlineData("clip a.mp4 --from soon --to 2 --out b.mp4")]
    [InlineData("clip a.mp4 --from 1 --to 2 --out b.mp4 --mode sharp")]
    public async Task Bad_usage_returns_two_and_points_to_help(string line)
    {
        var (code, _, error) = await Cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_names_each_wrong_setting_and_fails()
    {
        var (code, output, _) = await Cli.RunAsync("doctor", "--json", "--Logging:Level=loud");

        Assert.Equal(ExitCode.Failure, code);
        var findings = JsonDocument.Parse(output).RootElement.GetProperty("findings").EnumerateArray();
        var configuration = findings.Single(finding => finding.GetProperty("check").GetString() == "configuration");
        Assert.Equal("failed", configuration.GetProperty("state").GetString());
        Assert.Contains("Logging:Level: loud -> cannot be read", configuration.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
