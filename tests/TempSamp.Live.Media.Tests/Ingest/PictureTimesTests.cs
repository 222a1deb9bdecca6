using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Times of pictures whose container does not say them.</summary>
public sealed class PictureTimesTests
{
    private const int Step = 10;

    // Two pyramids of eight: 0 8 4 2 1 3 6 5 7, 16 12 10 9 11 14 13 15.
    private static readonly int[] s_pyramid = [0, 8, 4, 2, 1, 3, 6, 5, 7, 16, 12, 10, 9, 11, 14, 13, 15];

    [Fact]
    public void Pictures_of_a_bare_stream_are_shown_as_they_are_numbered_and_never_before_they_are_decoded()
    {
        var times = Timed(s_pyramid.Select((_, i) => (Pts: (long?)null, Dts: (long?)(i * Step))));

        var first = times[0].Pts!.Value;
        Assert.Equal(s_pyramid.Select(n => (long?)(first + (n * Step))), times.Select(t => t.Pts));
        Assert.All(times, t => Assert.True(t.Pts >= t.Dts));
        Assert.InRange(first, 1, 4 * Step);
    }

    [Fact]
    public void A_picture_that_lost_its_time_is_counted_on_from_its_neighbours()
    {
        var whole = s_pyramid.Select((n, i) => (Pts: (long?)((n + 4) * Step), Dts: (long?)(i * Step))).ToList();
        var lost = whole.Select((t, i) => i is >= 4 and <= 7 or 13 ? (null, null) : t);

        var times = Timed(lost);

        Assert.Equal(whole, times.Select(t => (t.Pts, t.Dts)));
    }

    [Fact]
    public void A_picture_with_a_time_does_not_wait()
    {
        var times = new PictureTimes();
        times.Add(Packet(40, 0), 0);
        Assert.True(times.TryTake(isLast: false, out _));

        times.Add(Packet(null, 10), 4);
        Assert.False(times.TryTake(isLast: false, out _));
        Assert.True(times.TryTake(isLast: true, out _));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(47)]
    [InlineData(50)]
    [InlineData(101)]
    public void Times_that_are_missing_for_long_are_still_right(int from)
    {
        var numbers = Enumerable.Range(0, 60).SelectMany(group => (int[])[(group * 4) + 3, (group * 4) + 1, group * 4, (group * 4) + 2]).ToArray();
        var whole = numbers.Select((n, i) => (Pts: (long?)((n + 2) * Step), Dts: (long?)(i * Step))).ToList();

        var times = Timed(whole.Select((t, i) => i >= from && i < from + 60 ? (null, null) : t), numbers);

        Assert.Equal(whole, times.Select(t => (t.Pts, t.Dts)));
    }

    [Fact]
    public void The_longest_streams_keep_their_order()
    {
        var numbers = Enumerable.Range(0, 200).SelectMany(group => (int[])[(group * 4) + 3, (group * 4) + 1, group * 4, (group * 4) + 2]).ToArray();

        var times = Timed(numbers.Select((_, i) => (Pts: (long?)null, Dts: (long?)(i * Step))), numbers);

        var first = times[2].Pts!.Value;
        Assert.Equal(numbers.Select(n => (long?)(first + (n * Step))), times.Select(t => t.Pts));
    }

    private static List<SourceTime> Timed(IEnumerable<(long? Pts, long? Dts)> source, int[]? numbers = null)
    {
        var (times, left) = (new PictureTimes(), new List<SourceTime>());
        foreach (var ((pts, dts), number) in source.Zip(numbers ?? s_pyramid))
        {
            times.Add(Packet(pts, dts), number);
            while (times.TryTake(isLast: false, out var packet)) left.Add(packet.Time);
        }

        while (times.TryTake(isLast: true, out var packet)) left.Add(packet.Time);
        return left;
    }

    private static SourcePacket Packet(long? pts, long? dts) => new(new SourceTime(0, pts, dts, Step, 1, 1000, 64), false, []);
}
