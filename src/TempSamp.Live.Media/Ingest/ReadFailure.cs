using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Says why an input failed. The caller's own reasons come first: libav answers an interrupted call with whatever code is at hand.
/// </summary>
internal static class ReadFailure
{
    /// <summary>EIO.</summary>
    public const int IoError = 5;

    private const int ConnectionRefused = 111; // ECONNREFUSED
    private const int LargestErrno = 133;
    private const int RtmpRefusal = -1; // libav's RTMP client answers this to the server's error status

    /// <summary>The exception for a failed call.</summary>
    /// <param name="url">What was read.</param>
    /// <param name="deadline">The time limit and the caller's wish to stop.</param>
    /// <param name="code">libav's code.</param>
    /// <param name="what">What was tried: open, read.</param>
    /// <param name="trouble">What a managed stream below said; null when nothing.</param>
    public static Exception Explain(StreamUrl url, Deadline deadline, int code, string what, string? trouble)
    {
        if (Over(url, deadline) is { } over) return over;
        if (trouble is not null) return new StreamException($"Cannot {what} {url}: {trouble}. Check the source.", "unreachable");
        var (reason, fix) = Meaning(code);
        return new StreamException($"Cannot {what} {url}: {FFmpegException.Describe(code)}. {fix}", reason);
    }

    /// <summary>Runs managed work on an input, with its time-outs and I/O errors explained.</summary>
    public static T Try<T>(StreamUrl url, Deadline deadline, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw Over(url, deadline) ?? new StreamException($"Cannot read {url}: {e.Message}. Check the source.", "unreachable", e);
        }
    }

    private static Exception? Over(StreamUrl url, Deadline deadline)
    {
        if (deadline.Cancel.IsCancellationRequested) return new OperationCanceledException(deadline.Cancel);
        if (!deadline.HasPassed && !deadline.HasInterrupted) return null;
        var seconds = $"{deadline.Limit.TotalSeconds:0.#} s";
        return deadline.IsConnected
            ? new StreamException($"{url} is connected but gave nothing for {seconds}. Check that the sender sends; {IngestOptions.Section}:{(url.Kind == StreamUrlKind.Srt ? nameof(IngestOptions.SrtReadTimeout) : nameof(IngestOptions.ReadTimeout))} sets the limit.", "silent")
            : new StreamException($"{url} did not answer within {seconds}. Check the address and that it is live; {IngestOptions.Section}:OpenTimeout sets the limit.", "timeout");
    }

    private static (string Reason, string Fix) Meaning(int code)
    {
        if (code == RtmpRefusal) return ("refused", "The RTMP server refuses it: check the application, the stream key, and that somebody publishes to it.");
        if (code == ffmpeg.AVERROR_INVALIDDATA || code == ffmpeg.AVERROR_EOF) return ("damaged", "It is no media that is read here, or it is cut off: try it with 'tempsamp-live probe'.");
        if (code == ffmpeg.AVERROR(ffmpeg.ENOMEM) || code == ffmpeg.AVERROR(ffmpeg.EINVAL)) return ("damaged", "It wants more memory or tracks than it may have, or is of a kind that is not read here.");
        if (code == -ConnectionRefused) return ("unreachable", "Nothing listens there: check the address and that the server is up.");
        return code > -LargestErrno ? ("unreachable", "Check the address, the stream key and the server.") : ("native", "Check the source.");
    }
}
