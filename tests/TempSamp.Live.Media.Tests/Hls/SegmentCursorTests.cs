namespace TempSamp.Live.Media.Tests;

public sealed class SegmentCursorTests
{
    private readonly SegmentCursor _cursor = new();

    [Fact]
    public void A_complete_list_is_read_from_its_start() => Assert.Equal([5, 6, 7, 8], Taken(List(5, 4, isComplete: true)));

    [Fact]
    public void A_live_list_is_read_from_three_target_durations_before_its_end() => Assert.Equal([12, 13, 14], Taken(List(5, 10)));

    [Fact]
    public void Only_what_is_new_is_read_by_number_and_not_by_address()
    {
        Taken(List(5, 3));

        Assert.Equal([8], Taken(List(6, 3)));
        Assert.Empty(Taken(List(6, 3)));
        Assert.Equal([9, 10], Taken(List(8, 3)));
    }

    [Fact]
    public void Segments_that_slid_out_before_they_were_read_are_counted()
    {
        Taken(List(5, 3));

        var step = _cursor.Take(List(12, 3));

        Assert.Equal((4L, false), (step.Missed, step.IsRestart));
        Assert.Equal([12, 13, 14], step.Segments.Select(s => (int)s.Sequence));
    }

    [Fact]
    public void A_list_that_is_a_little_older_is_a_stale_copy()
    {
        Taken(List(5, 3));

        Assert.Equal(new CursorStep([], 0, false), _cursor.Take(List(4, 3)), (a, b) => (a.Segments.Count, a.Missed, a.IsRestart) == (b.Segments.Count, b.Missed, b.IsRestart));
        Assert.Equal([8], Taken(List(6, 3)));
    }

    [Fact]
    public void A_server_that_counts_anew_is_followed()
    {
        Taken(List(500, 3));

        var step = _cursor.Take(List(0, 2));

        Assert.True(step.IsRestart);
        Assert.Equal([0, 1], step.Segments.Select(s => (int)s.Sequence));
        Assert.Equal([2], Taken(List(0, 3)));
    }

    [Fact]
    public void A_list_without_segments_is_waited_on()
    {
        Assert.Empty(Taken(List(0, 0)));
        Assert.Equal([0, 1], Taken(List(0, 2)));
        Assert.Empty(Taken(List(0, 0)));
        Assert.Equal([2], Taken(List(0, 3)));
    }

    private int[] Taken(MediaPlaylist list) => [.. _cursor.Take(list).Segments.Select(s => (int)s.Sequence)];

    // every segment has the same address
    private static MediaPlaylist List(long first, int count, bool isComplete = false)
    {
        var url = new StreamUrl(StreamUrlKind.Http, "http://cdn.example/slate.ts");
        return new MediaPlaylist
        {
            Url = url,
            TargetDuration = TimeSpan.FromSeconds(2),
            FirstSequence = first,
            IsComplete = isComplete,
            Segments = [.. Enumerable.Range(0, count).Select(i => new HlsSegment(first + i, 0, url, null, TimeSpan.FromSeconds(2), null, null, null, false, []))],
        };
    }
}
