using TempSamp.Live.Core;
using Contract = TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>From what happened inside to what consumers are told: whole milliseconds, UTC, full state in each event.</summary>
internal static class EventPayloads
{
    public static Contract.ClipDetected Of(ClipDetected happened)
    {
        var plan = happened.Plan;
        return new()
        {
            ClipId = plan.Id, Revision = 1, State = "detected", Stream = new(plan.StreamId, plan.SessionId), Query = QueryOf(plan), Model = ModelOf(plan),
            Time = TimeOf(plan, plan.Range), Decision = DecisionOf(plan, new(Milliseconds(happened.OutPointToDetected), null)),
        };
    }

    public static Contract.ClipReady Of(ClipReady happened) =>
        Of(happened.Clip, new(Milliseconds(happened.OutPointToDetected), Milliseconds(happened.DetectedToReady)));

    /// <summary>The state of a stored clip; the store's sidecar is this without latency.</summary>
    public static Contract.ClipReady Of(StoredClip clip, Contract.Latency? latency)
    {
        var plan = clip.Plan;
        return new()
        {
            ClipId = plan.Id, Revision = 2, State = "ready", Stream = new(plan.StreamId, plan.SessionId), Query = QueryOf(plan), Model = ModelOf(plan),
            Time = TimeOf(plan, clip.File.Actual), Decision = DecisionOf(plan, latency), Media = MediaOf(clip),
        };
    }

    public static Contract.ClipFailed Of(ClipFailed happened)
    {
        var plan = happened.Plan;
        return new()
        {
            ClipId = plan.Id, Revision = 2, State = "failed", Stream = new(plan.StreamId, plan.SessionId), Query = QueryOf(plan), Model = ModelOf(plan),
            Time = TimeOf(plan, plan.Range), Decision = DecisionOf(plan, null), Failure = new(happened.Reason, happened.Detail),
        };
    }

    public static Contract.StreamStatusChanged Of(StreamOnline happened) =>
        new(new(happened.StreamId, happened.SessionId), "online", Video: VideoOf(happened.Tracks), Audio: AudioOf(happened.Tracks));

    public static Contract.StreamStatusChanged Of(StreamOffline happened) =>
        new(new(happened.StreamId, happened.SessionId), "offline", happened.Reason, happened.Detail, Timeline: happened.Timeline is { } timeline
            ? new(Milliseconds(timeline.Media), Milliseconds(timeline.Gaps), timeline.GapCount, timeline.Drift is { } drift ? Milliseconds(drift) : null) : null);

    private static Contract.QueryReference QueryOf(ClipPlan plan) => new(plan.Query.Id, plan.Query.Text);

    private static Contract.ModelReference ModelOf(ClipPlan plan) => new(plan.Model.Id, plan.Model.Revision);

    private static Contract.ClipTime TimeOf(ClipPlan plan, TimeRange range) => new(
        plan.ClockSource, plan.SessionStartedAt, plan.SessionStartedAt + range.Start.ToTimeSpan(), plan.SessionStartedAt + range.End.ToTimeSpan(),
        range.Start.Milliseconds, range.End.Milliseconds, range.Start.Ticks, range.End.Ticks, (int)MediaTime.TicksPerSecond, RangeOf(plan.Moment.Span), RangeOf(plan.Range));

    private static Contract.Decision DecisionOf(ClipPlan plan, Contract.Latency? latency) => new(
        plan.Moment.Score, plan.Query.Threshold, plan.Moment.Confidence,
        [.. plan.Moment.Sightings.Select(seen => new Contract.WindowScore(
            seen.Window.Start.Milliseconds, seen.Window.End.Milliseconds, seen.Presence, seen.Confidence, seen.Span is { } span ? RangeOf(span) : null, seen.Answer))],
        latency);

    private static IReadOnlyList<Contract.MediaFile> MediaOf(StoredClip clip)
    {
        var main = new Contract.MediaFile(
            "main", "mp4", clip.Uri, clip.Sha256, clip.Bytes, clip.File.Actual.Length.Milliseconds, VideoOf(clip.File.Tracks), AudioOf(clip.File.Tracks),
            clip.File.Mode, clip.File.Mode == "copy" ? "keyframe" : "frame", clip.File.Fallback, clip.File.Reencoded);
        return [main, .. PosterOf(clip), .. clip.Extras.Select(extra => new Contract.MediaFile(extra.Role, ContainerOf(extra.ContentType), extra.Uri, extra.Sha256, extra.Bytes))];
    }

    private static Contract.MediaFile[] PosterOf(StoredClip clip) => clip.PosterUri is null ? [] : [new("poster", "jpeg", clip.PosterUri)];

    /// <summary><c>image/jpeg</c> is <c>jpeg</c>.</summary>
    private static string ContainerOf(string contentType) => contentType[(contentType.LastIndexOf('/') + 1)..];

    private static Contract.VideoTrack? VideoOf(IEnumerable<TrackFormat> tracks) =>
        tracks.FirstOrDefault(track => track.Kind == TrackKind.Video) is { } video ? new(video.Codec, video.Width, video.Height, video.FrameRate > 0 ? Math.Round(video.FrameRate, 3) : null) : null;

    private static Contract.AudioTrack[] AudioOf(IEnumerable<TrackFormat> tracks) =>
        [.. tracks.Where(track => track.Kind == TrackKind.Audio).Select(track => new Contract.AudioTrack(track.Codec, track.SampleRate, track.Channels))];

    private static Contract.MillisecondRange RangeOf(TimeRange range) => new(range.Start.Milliseconds, range.End.Milliseconds);

    private static long Milliseconds(TimeSpan span) => (long)Math.Round(span.TotalMilliseconds);
}
