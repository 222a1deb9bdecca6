namespace TempSamp.Live.Host.Tests;

public class TimeArgumentTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("83.5", 83.5)]
    [InlineData("1:23.5", 83.5)]
    [InlineData("1:02:03", 3723)]
    public void Seconds_and_clock_times_are_read(string text, double seconds) => Assert.Equal(seconds, TimeArgument.Read(text)!.Value.Seconds, 6);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("one")]
    [InlineData("1:2:3:4")]
    [InlineData("1:99:00")]
    [InlineData("NaN")]
    public void Anything_else_is_refused(string text) => Assert.Null(TimeArgument.Read(text));
}
