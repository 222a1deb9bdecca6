using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads a finished clip back: a clip is worth announcing only when it opens, starts on a key frame and holds every frame it should.</summary>
internal static class ClipCheck
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Checks the file against what it was made from.</summary>
    /// <exception cref="ClipException"><c>cut-failed</c>: says what differs.</exception>
    public static void Verify(string path, CopyPlan plan, IngestOptions options, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var deadline = new Deadline(time, cancel);
        deadline.Set(s_limit);
        using var resources = new ResourceReader(new UrlPolicy(options), new AddressGuard(options), time);
        try
        {
            using var input = FormatInput.Open(new StreamUrl(StreamUrlKind.File, path), null, resources, options, deadline);
            var packets = new List<SourcePacket>();
            while (input.TryRead(out var packet)) packets.Add(packet);
            Compare(packets.Where(p => input.Tracks[p.Time.Track].Kind == TrackKind.Video).ToList(), plan, path);
        }
        catch (StreamException e)
        {
            throw Failed(path, e.Message, e);
        }
    }

    private static void Compare(List<SourcePacket> video, CopyPlan plan, string path)
    {
        if (video.Count != plan.Video.Count) throw Failed(path, $"it holds {video.Count} pictures instead of {plan.Video.Count}");
        if (!video[0].IsKey) throw Failed(path, "it does not start on a key frame");
        var unit = video[0].Time;
        var length = (video.Max(p => (p.Time.Pts ?? 0) + p.Time.Duration) - video.Min(p => p.Time.Pts ?? 0)) * (double)unit.Num / unit.Den;
        var wanted = plan.Actual.Length.Seconds;
        if (Math.Abs(length - wanted) > 0.1) throw Failed(path, $"it lasts {length:0.000} s instead of {wanted:0.000} s");
    }

    private static ClipException Failed(string path, string what, Exception? inner = null) =>
        new($"The clip written to '{path}' is not sound: {what}. The source may be damaged at this place.", "cut-failed", inner);
}
