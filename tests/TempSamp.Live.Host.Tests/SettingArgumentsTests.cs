namespace TempSamp.Live.Host.Tests;

public class SettingArgumentsTests
{
    [Fact]
    public void Settings_are_taken_out_wherever_they_stand()
    {
        var (settings, others) = SettingArguments.Split(["--A:B=1", "probe", "--Streams:match-7:Url=rtmp://h/a?x=1", "url"]);

        Assert.Equal("1", settings["A:B"]);
        Assert.Equal("rtmp://h/a?x=1", settings["Streams:match-7:Url"]);
        Assert.Equal(["probe", "url"], others);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--out=dir")]
    [InlineData("http://host:80/x=1")]
    [InlineData("--A:B")]
    public void Other_arguments_stay(string argument) =>
        Assert.Equal([argument], SettingArguments.Split([argument]).Others);

    [Fact]
    public void Nothing_behind_a_bare_double_dash_is_a_setting() =>
        Assert.Equal(["--", "--A:B=1"], SettingArguments.Split(["--", "--A:B=1"]).Others);
}
