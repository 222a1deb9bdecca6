namespace TempSamp.Live.Core.Tests;

public sealed class WallClockTests
{
    private static readonly DateTimeOffset _noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Delays_of_the_network_move_nothing()
    {
        var clock = new WallClock(_noon, "arrival");
        var random = new Random(3);

        for (var i = 0; i < 3000; i++) clock.Observe(MediaTime.FromSeconds(i * 0.04), _noon.AddSeconds((i * 0.04) + (i % 25 == 0 ? 0 : random.NextDouble() * 0.5)));

        Assert.InRange((clock.UtcOfZero - _noon).TotalMilliseconds, 0, 1);
        Assert.InRange(clock.Drift!.Value.TotalMilliseconds, -1, 1);
    }

    [Fact]
    public void A_first_packet_that_came_late_is_corrected_by_those_that_did_not()
    {
        var clock = new WallClock(_noon, "arrival");

        for (var i = 0; i < 100; i++) clock.Observe(MediaTime.FromSeconds(i * 0.04), _noon.AddSeconds(i < 20 ? 0 : (i * 0.04) - 0.76));

        Assert.Equal(-0.76, (clock.UtcOfZero - _noon).TotalSeconds, 2);
    }

    [Theory]
    [InlineData(1.0005, 0.0005)]
    [InlineData(0.9995, -0.0005)]
    public void A_source_whose_clock_is_slow_or_fast_is_followed(double wallPerMedia, double slew)
    {
        var clock = new WallClock(_noon, "arrival");

        for (var i = 0; i < 15_000; i++) clock.Observe(MediaTime.FromSeconds(i * 0.04), _noon.AddSeconds(i * 0.04 * wallPerMedia));

        Assert.InRange((clock.UtcOfZero - _noon).TotalSeconds, (600 * slew) - 0.02, (600 * slew) + 0.02);
        Assert.InRange(clock.Drift!.Value.TotalSeconds, (600 * slew) - 0.02, (600 * slew) + 0.02);
    }

    [Fact]
    public void A_sudden_delay_is_followed_by_a_millisecond_a_second()
    {
        var clock = new WallClock(_noon, "arrival");
        void Play(int from, int to, double late)
        {
            for (var i = from; i < to; i++) clock.Observe(MediaTime.FromSeconds(i * 0.04), _noon.AddSeconds((i * 0.04) + late));
        }

        Play(0, 500, 0);
        Play(500, 1500, 2);

        Assert.InRange((clock.UtcOfZero - _noon).TotalMilliseconds, 15, 41);
    }

    [Fact]
    public void A_new_epoch_is_dated_by_its_own_packets()
    {
        var clock = new WallClock(_noon, "arrival");
        for (var i = 0; i < 500; i++) clock.Observe(MediaTime.FromSeconds(i * 0.04), _noon.AddSeconds(i * 0.04));

        clock.Step();
        for (var i = 500; i < 600; i++) clock.Observe(MediaTime.FromSeconds(i * 0.04), _noon.AddSeconds((i * 0.04) + 2));

        Assert.Equal(2, (clock.UtcOfZero - _noon).TotalSeconds, 3);
    }

    [Fact]
    public void The_sources_own_date_wins_where_it_can_be_true()
    {
        var clock = new WallClock(_noon, "arrival");
        clock.Observe(MediaTime.Zero, _noon);

        Assert.False(clock.Date(MediaTime.FromSeconds(10), DateTimeOffset.UnixEpoch, "program-date-time", _noon));
        Assert.False(clock.Date(MediaTime.FromSeconds(10), _noon.AddDays(1), "program-date-time", _noon));
        Assert.Equal("arrival", clock.Source);
        Assert.True(clock.Date(MediaTime.FromSeconds(10), _noon.AddSeconds(-20), "program-date-time", _noon));
        clock.Observe(MediaTime.FromSeconds(1), _noon.AddSeconds(1));

        Assert.Equal((_noon.AddSeconds(-30), "program-date-time"), (clock.UtcOfZero, clock.Source));
    }
}
