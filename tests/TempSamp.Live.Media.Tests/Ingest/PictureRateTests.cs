using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class PictureRateTests
{
    [Fact]
    public void A_second_with_too_many_pictures_ends_the_stream_and_one_with_just_enough_does_not()
    {
        var rate = new PictureRate(50);
        for (var i = 0; i < 500; i++) rate.Count(MediaTime.FromSeconds(i / 50.0));

        var refusal = Assert.Throws<StreamException>(() =>
        {
            for (var i = 0; i < 51; i++) rate.Count(MediaTime.FromSeconds(20 + (i / 60.0)));
        });

        Assert.Equal("damaged", refusal.Reason);
        Assert.Contains("MaxFrameRate", refusal.Message, StringComparison.Ordinal);
    }
}
