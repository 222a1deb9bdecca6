using CsCheck;

namespace TempSamp.Live.Core.Tests;

public class TimeRangeTests
{
    private static readonly Gen<TimeRange> _ranges = Gen.Select(Gen.Long[-1_000_000, 1_000_000], Gen.Long[-1_000_000, 1_000_000], (a, b) => new TimeRange(new(a), new(b)));

    [Fact]
    public void Overlap_is_symmetric_and_between_zero_and_one() =>
        Gen.Select(_ranges, _ranges).Sample((a, b) => a.IoU(b) == b.IoU(a) && a.IoU(b) is >= 0 and <= 1);

    [Fact]
    public void A_range_overlaps_itself_wholly_unless_it_is_empty() =>
        _ranges.Sample(range => range.IoU(range) == (range.IsEmpty ? 0 : 1));

    [Fact]
    public void The_intersection_lies_in_both_and_the_hull_holds_both() =>
        Gen.Select(_ranges, _ranges).Where((a, b) => !a.IsEmpty && !b.IsEmpty).Sample((a, b) =>
        {
            var both = a.Intersect(b);
            return a.Hull(b).Hull(a) == a.Hull(b) && (both.IsEmpty || (a.Hull(both) == a && b.Hull(both) == b));
        });

    [Fact]
    public void Overlap_does_not_change_when_both_ranges_move_together() =>
        Gen.Select(_ranges, _ranges, Gen.Long[-1_000_000, 1_000_000]).Sample((a, b, by) => a.IoU(b) == Moved(a, by).IoU(Moved(b, by)));

    [Fact]
    public void The_end_of_a_range_is_outside()
    {
        var range = TimeRange.FromSeconds(1, 2);
        Assert.True(range.Contains(MediaTime.FromSeconds(1)));
        Assert.False(range.Contains(MediaTime.FromSeconds(2)));
    }

    private static TimeRange Moved(TimeRange range, long by) => new(new(range.Start.Ticks + by), new(range.End.Ticks + by));
}
