namespace TempSamp.Live.Trainer.Tests;

public class RenderCommandTests
{
    [Theory]
    [InlineData("--seed 1 --size 3x3", "--size '3x3' is not WIDTHxHEIGHT")]
    [InlineData("--seed 1 --size 640", "--size '640' is not WIDTHxHEIGHT")]
    [InlineData("--seed 1 --seconds 1", "--seconds is from 4 to 7200")]
    [InlineData("--seed 1 --count 0", "--count is from 1 to 1000000")]
    [InlineData("--seed 1 --count 2 --name a", "--name is for a single video")]
    [InlineData("--seed 1 --domain opera", "opera")]
    [InlineData("", "--seed")]
    public void Bad_usage_is_explained(string options, string message) =>
        Assert.Contains(RenderCommand.Create().Parse($"--out x {options}").Errors, e => e.Message.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("--seed 3000000000 --name broadcast --domain Sports")]
    [InlineData("--seed 1 --count 1 --name a --size 320x192")]
    [InlineData("--seed 1 --count 5 --domain shop --seconds 8.5")]
    public void Good_usage_is_accepted(string options) => Assert.Empty(RenderCommand.Create().Parse($"--out x {options}").Errors);
}
