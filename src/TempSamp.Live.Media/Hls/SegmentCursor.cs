namespace TempSamp.Live.Media;

/// <summary>What a newly loaded list means for a reader.</summary>
/// <param name="Segments">To be read next, in order; empty when the list has nothing new.</param>
/// <param name="Missed">Segments that left the list before they were read.</param>
/// <param name="IsRestart">Whether the server has begun to count anew, so that nothing continues.</param>
internal readonly record struct CursorStep(IReadOnlyList<HlsSegment> Segments, long Missed, bool IsRestart)
{
    /// <summary>Nothing new.</summary>
    public static readonly CursorStep Nothing = new([], 0, false);
}

/// <summary>
/// Follows a list that changes, by media sequence number alone: which segments are new, how many were missed, and whether the server started
/// over. A list that is a little older than the last one is a stale copy and changes nothing.
/// </summary>
/// <param name="place">Where an earlier reader of the list stopped; null to begin as a new one.</param>
internal sealed class SegmentCursor(HlsPlace? place = null)
{
    private const int LiveStart = 3; // target durations before the end of a live list, RFC 8216 6.3.3

    private long? _next = place?.Next;
    private long _first = place?.First ?? 0;

    /// <summary>Takes the list as it is now.</summary>
    public CursorStep Take(MediaPlaylist list)
    {
        if (_next is not { } next) return Start(list);
        if (list.EndSequence <= _first && list.Segments.Count > 0) return Restart(list);
        if (list.EndSequence <= next) return CursorStep.Nothing; // or a stale copy

        _first = list.FirstSequence;
        var missed = Math.Max(0, list.FirstSequence - next);
        var fresh = list.Segments.Skip((int)Math.Max(0, next - list.FirstSequence)).ToList();
        _next = list.EndSequence;
        return new(fresh, missed, false);
    }

    private CursorStep Start(MediaPlaylist list)
    {
        if (list.Segments.Count == 0) return CursorStep.Nothing;
        (_first, _next) = (list.FirstSequence, list.EndSequence);
        return new(list.IsComplete ? list.Segments : Newest(list), 0, false);
    }

    // The whole new list: a server that has just started has little in it, and all of it is news.
    private CursorStep Restart(MediaPlaylist list)
    {
        (_first, _next) = (list.FirstSequence, list.EndSequence);
        return new(list.Segments, 0, true);
    }

    private static List<HlsSegment> Newest(MediaPlaylist list)
    {
        var start = list.Segments.Count - 1;
        for (var covered = list.Segments[start].Duration; start > 0 && covered < LiveStart * list.TargetDuration; start--) covered += list.Segments[start - 1].Duration;
        return [.. list.Segments.Skip(start)];
    }
}
