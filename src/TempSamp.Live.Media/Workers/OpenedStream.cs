using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What a worker tells of a stream that it has opened.</summary>
/// <param name="StartedAt">UTC of the first video packet.</param>
/// <param name="ClockSource">Where that comes from.</param>
/// <param name="Skipped">How much of a recording was passed over before that packet.</param>
/// <param name="IsLive">Whether it plays by itself.</param>
/// <param name="MissingBefore">What is missing behind the bookmark that it was opened with; null when the source does not say.</param>
internal readonly record struct Opening(DateTimeOffset StartedAt, string ClockSource, MediaTime Skipped, bool IsLive, TimeSpan? MissingBefore);

/// <summary>A worker that has opened its stream, and what it says of it, checked.</summary>
/// <param name="Worker">The worker; the owner disposes it.</param>
/// <param name="Check">What its messages are held against.</param>
/// <param name="Opening">What it says of its start.</param>
internal sealed record OpenedStream(WorkerProcess Worker, StreamCheck Check, Opening Opening)
{
    /// <summary>Reasons that only the session itself may give: a worker must not end its stream for good.</summary>
    private static readonly string[] s_ownReasons = ["stopped", "quarantined", "fault"];

    /// <summary>Waits for a worker's answer to its job.</summary>
    /// <exception cref="StreamException">The worker says why the stream cannot be opened.</exception>
    /// <exception cref="WorkerLostException">The worker was lost, or its answer makes no sense.</exception>
    public static OpenedStream Receive(WorkerProcess worker, StreamPlan plan, IngestOptions options)
    {
        try
        {
            var check = new StreamCheck(plan.Profile, options);
            Opening? opened = null;
            while (true)
            {
                var message = worker.Receive();
                if (message.Kind == WireKind.Failed) throw Failure(message);
                else if (message.Kind == WireKind.Opened && opened is null) opened = WireFormat.ReadOpened(message);
                else if (message.Kind == WireKind.Track && opened is not null) check.Track(WireFormat.ReadTrack(message));
                else if (message.Kind == WireKind.Go && opened is not null && check.Tracks.Any(track => track.Kind == TrackKind.Video))
                    return new(worker, check, opened.Value);
                else throw new InvalidDataException($"{message.Kind} comes while the stream is opened");
            }
        }
        catch (InvalidDataException e)
        {
            throw worker.Misbehaved(e);
        }
    }

    /// <summary>The failure that a worker tells of.</summary>
    public static StreamException Failure(WireMessage message)
    {
        var (reason, text) = WireFormat.ReadFailed(message);
        return new StreamException(text, reason.All(c => char.IsAsciiLetterLower(c) || c == '-') && !s_ownReasons.Contains(reason) ? reason : "native");
    }
}
