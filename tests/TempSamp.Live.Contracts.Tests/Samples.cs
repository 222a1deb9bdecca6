namespace TempSamp.Live.Contracts.Tests;

/// <summary>One of each event, with every field filled in.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 12, 0, 0, 40, TimeSpan.Zero);
    private static readonly StreamReference _stream = new("match-7", "match-7-20260101T120000040Z");
    private static readonly VideoTrack _video = new("h264", 1920, 1080, 50);
    private static readonly AudioTrack _audio = new("aac", 48_000, 2);

    public static ClipDetected Detected { get; } = new()
    {
        ClipId = "f83a90474e9b85d60001f3c6", Revision = 1, State = "detected", Stream = _stream,
        Query = new("goal", "进球"), Model = new("tempsamp-mini", "sha256:ab12"), Time = TimeOf(721_000, 735_210), Decision = DecisionOf(null),
    };

    public static ClipReady Ready { get; } = new()
    {
        ClipId = Detected.ClipId, Revision = 2, State = "ready", Stream = _stream, Query = Detected.Query, Model = Detected.Model,
        Time = TimeOf(720_000, 735_200), Decision = DecisionOf(2600),
        Media = [new("main", "mp4", "file:///data/clips/match-7/f83a90474e9b85d60001f3c6.mp4", "00ff", 8_123_456, 15_200, _video, [_audio], "copy", "keyframe"), new("poster", "jpeg", "file:///data/clips/match-7/f83a90474e9b85d60001f3c6.jpg")],
    };

    public static ClipFailed Failed { get; } = new()
    {
        ClipId = Detected.ClipId, Revision = 2, State = "failed", Stream = _stream, Query = Detected.Query, Model = Detected.Model,
        Time = Detected.Time, Decision = Detected.Decision, Failure = new("disk-full", "no space left"),
    };

    public static StreamStatusChanged Online { get; } = new(_stream, "online", Video: _video, Audio: [_audio]);

    public static StreamStatusChanged Offline { get; } = new(_stream, "offline", "ended", "the source ended the stream", Timeline: new(3_600_000, 5_040, 2, -12));

    private static ClipTime TimeOf(long startMs, long endMs) => new(
        "program-date-time", _start, _start.AddMilliseconds(startMs), _start.AddMilliseconds(endMs), startMs, endMs, startMs * 90, endMs * 90, 90_000, new(721_500, 734_710), new(721_000, 735_210));

    private static Decision DecisionOf(long? toReady) => new(
        0.87, 0.62, 0.7, [new(712_000, 742_000, 0.87, 0.7, new(721_500, 734_710), "<answer>9 to 23</answer>"), new(708_000, 738_000, 0.8, 0.6, null, "?")], new(4100, toReady));
}
