using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>An event that the broadcast's labels promise.</summary>
/// <param name="QueryId">Which query should find it.</param>
/// <param name="Span">When it happens, in media time of the broadcast.</param>
internal sealed record DemoTruth(string QueryId, TimeRange Span);

/// <summary>A clip that became ready.</summary>
/// <param name="ClipId">Its id.</param>
/// <param name="QueryId">The query that found it.</param>
/// <param name="Span">The found moment, without padding.</param>
/// <param name="Path">The file.</param>
/// <param name="SessionStartedAt">UTC of media time zero.</param>
/// <param name="ReadyAt">When the event <c>ready</c> was published.</param>
internal sealed record DemoClip(string ClipId, string QueryId, TimeRange Span, string Path, DateTimeOffset SessionStartedAt, DateTimeOffset ReadyAt);

/// <summary>One line of the demo's table: an event, and the clip that was found for it, if any.</summary>
internal sealed record DemoRow(DemoTruth Truth, DemoClip? Clip)
{
    /// <summary>Overlap of truth and found span, 0 without a clip.</summary>
    public double IoU => Clip is null ? 0 : Truth.Span.IoU(Clip.Span);

    /// <summary>Whether the clip counts as this event.</summary>
    public bool Matched => IoU >= DemoReport.MatchIoU;

    /// <summary>From the true end of the event, as it passed live, to the published <c>ready</c>; null without a clip.</summary>
    public TimeSpan? EventEndToReady => Clip is null ? null : Clip.ReadyAt - (Clip.SessionStartedAt + Truth.Span.End.ToTimeSpan());
}

/// <summary>How a pass of the bundled broadcast went: every event with its clip, and the clips that are none.</summary>
/// <param name="Rows">All events in order of time.</param>
/// <param name="Unmatched">Clips that match no event, or an event that another clip matches better.</param>
internal sealed record DemoReport(IReadOnlyList<DemoRow> Rows, IReadOnlyList<DemoClip> Unmatched)
{
    /// <summary>Overlap from which a clip counts as the event.</summary>
    public const double MatchIoU = 0.5;

    /// <summary>Share of the events that must be matched.</summary>
    public const double WantedShare = 0.7;

    /// <summary>Clips that may match no event.</summary>
    public const int AllowedUnmatched = 2;

    /// <summary>Events with a matching clip.</summary>
    public int Matched => Rows.Count(row => row.Matched);

    /// <summary>Whether the pass is as good as the demo promises.</summary>
    public bool Passed => Rows.Count > 0 && Matched >= WantedShare * Rows.Count && Unmatched.Count <= AllowedUnmatched;

    /// <summary>Pairs events and clips of the same query one to one, best overlap first.</summary>
    public static DemoReport Match(IReadOnlyList<DemoTruth> truths, IReadOnlyList<DemoClip> clips)
    {
        var pairs = new Dictionary<DemoTruth, DemoClip>(ReferenceEqualityComparer.Instance);
        var used = new HashSet<DemoClip>(ReferenceEqualityComparer.Instance);
        var candidates = from truth in truths
                         from clip in clips
                         where clip.QueryId == truth.QueryId
                         let iou = truth.Span.IoU(clip.Span)
                         where iou > 0
                         orderby iou descending
                         select (truth, clip);
        foreach (var (truth, clip) in candidates)
            if (!pairs.ContainsKey(truth) && used.Add(clip)) pairs.Add(truth, clip);

        var rows = truths.OrderBy(truth => truth.Span.Start).Select(truth => new DemoRow(truth, pairs.GetValueOrDefault(truth))).ToList();
        var matching = rows.Where(row => row.Matched).Select(row => row.Clip!).ToHashSet();
        return new(rows, [.. clips.Where(clip => !matching.Contains(clip)).OrderBy(clip => clip.Span.Start)]);
    }
}
