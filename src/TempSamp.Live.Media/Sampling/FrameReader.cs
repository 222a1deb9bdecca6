using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads the 2 fps frames of a recorded stream as fast as they decode: for training, and for asking about a file.</summary>
public static class FrameReader
{
    private const int MostHidden = 2048; // pictures before a cut that an edit list hides: a minute

    /// <summary>Every frame of the grid, in order. Time zero is the first video frame's that is shown.</summary>
    /// <param name="path">A file's path, or an HTTP address of one.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <exception cref="StreamException">The file cannot be opened, has no video, or broke.</exception>
    public static IEnumerable<SampledFrame> ReadFrames(string path, int width, int height, CancellationToken cancel = default) =>
        ReadFrames(path, width, height, new IngestOptions(), cancel);

    /// <summary>As <see cref="ReadFrames(string, int, int, CancellationToken)"/>, with bounds and time-outs of one's own.</summary>
    public static IEnumerable<SampledFrame> ReadFrames(string path, int width, int height, IngestOptions options, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var deadline = new Deadline(time, cancel);
        var frames = new Queue<SampledFrame>();
        using var resources = new ResourceReader(new UrlPolicy(options), new AddressGuard(options));
        using var sampler = new FrameSampler(width, height, options, time, frames.Enqueue);
        deadline.Set(options.OpenTimeout);
        using var input = FormatInput.Open(resources.Policy.Check(path), null, resources, options, deadline);

        var video = input.Tracks.FirstOrDefault(t => t.Kind == TrackKind.Video)
            ?? throw new StreamException($"'{SecretText.Printable(path)}' has no video that can be read.", "no-video");
        var clock = new SessionClock();
        var waiting = new Queue<SourcePacket>();
        var isStarted = false;
        sampler.Start(video);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            deadline.Set(input.Patience);
            if (!input.TryRead(out var packet)) break;
            if (packet.Mark is { IsBreak: true } mark) clock.Break(MediaTime.From(mark.Missing));
            if (packet.Time.Track != video.Index) continue;
            waiting.Enqueue(packet);
            if (!isStarted && packet.IsHidden && waiting.Count < MostHidden) continue;
            if (!isStarted) clock.StartAt(packet.Time);
            isStarted = true;
            while (waiting.TryDequeue(out var next)) Push(next, clock, sampler);
            while (frames.TryDequeue(out var frame)) yield return frame;
        }

        while (waiting.TryDequeue(out var next)) Push(next, clock, sampler);
        sampler.Finish();
        while (frames.TryDequeue(out var frame)) yield return frame;
    }

    private static void Push(SourcePacket packet, SessionClock clock, FrameSampler sampler)
    {
        if (packet.NewFormat is { } format) sampler.Start(format);
        var at = clock.Map(packet.Time);
        sampler.Push(new MediaPacket(packet.Time.Track, at.Epoch, at.Pts, at.Dts, at.Duration, packet.IsKey, packet.Data));
    }
}
