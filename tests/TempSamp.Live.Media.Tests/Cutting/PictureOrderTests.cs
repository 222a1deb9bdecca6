using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class PictureOrderTests
{
    [Theory]
    [InlineData("0 1 2 3", 0)]
    [InlineData("0 3 1 2 6 4 5", 1)]
    [InlineData("0 4 2 1 3 8 6 5 7", 2)]
    [InlineData("0 9 1 2 3 4 5 6 7 8", 1)]
    public void As_many_pictures_are_held_back_as_come_before_one_that_is_shown_earlier(string shown, int depth) =>
        Assert.Equal(depth, PictureOrder.Of(shown.Split(' ').Select(at => new MediaTime(int.Parse(at, System.Globalization.CultureInfo.InvariantCulture)))));
}
