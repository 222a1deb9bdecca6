namespace TempSamp.Live.Trainer.Tests;

public class BroadcastPainterTests
{
    [Fact]
    public void The_same_time_gives_the_same_pixels_in_any_order()
    {
        var scenario = BroadcastScenario.Create(BroadcastDomain.Mixed, 3, 32);
        var forward = new BroadcastPainter(scenario, 140, 84);
        var backward = new BroadcastPainter(scenario, 140, 84);
        var frames = Enumerable.Range(0, 64).Select(i => Frame(forward, i / 2.0)).ToArray();
        for (var i = 63; i >= 0; i--)
        {
            Assert.True(frames[i].AsSpan().SequenceEqual(Frame(backward, i / 2.0)), $"frame {i} differs");
        }
    }

    [Fact]
    public void Another_seed_gives_other_pixels()
    {
        var one = new BroadcastPainter(BroadcastScenario.Create(BroadcastDomain.Sports, 1, 32), 140, 84);
        var two = new BroadcastPainter(BroadcastScenario.Create(BroadcastDomain.Sports, 2, 32), 140, 84);
        Assert.False(Frame(one, 5).AsSpan().SequenceEqual(Frame(two, 5)));
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(140, 84)]
    [InlineData(640, 360)]
    public void Any_shape_of_frame_is_filled(int width, int height)
    {
        var painter = new BroadcastPainter(BroadcastScenario.Create(BroadcastDomain.Mixed, 4, 32), width, height);
        for (var t = 0.0; t < 32; t += 4)
        {
            var frame = new byte[painter.FrameBytes];
            painter.Paint(t, frame);
            Assert.True(frame.Distinct().Count() > 16, $"{width}x{height} at {t} s is flat");
        }
    }

    [Fact]
    public void A_buffer_of_the_wrong_size_is_named()
    {
        var painter = new BroadcastPainter(BroadcastScenario.Create(BroadcastDomain.Shop, 4, 32), 140, 84);
        var error = Assert.Throws<ArgumentException>(() => painter.Paint(0, new byte[10]));
        Assert.Contains("140x84 RGB frame has 35280 bytes, not 10", error.Message);
    }

    private static byte[] Frame(BroadcastPainter painter, double t)
    {
        var rgb = new byte[painter.FrameBytes];
        painter.Paint(t, rgb);
        return rgb;
    }
}
