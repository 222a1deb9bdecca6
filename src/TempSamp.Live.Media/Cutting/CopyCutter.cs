using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Cuts clips by copying packets: starts at the key frame at or before the wanted start, loses no quality and costs milliseconds. The file
/// is written beside its final name, read back, and renamed, so that what stands under the final name is whole.
/// </summary>
public sealed partial class CopyCutter(IOptions<IngestOptions> options, ILogger<CopyCutter> log) : IClipCutter
{
    private const string Unfinished = ".part";
    private const int DiskFull = 28, QuotaExceeded = 122; // ENOSPC, EDQUOT

    private readonly IngestOptions _options = options.Value;

    /// <inheritdoc/>
    public Task<ClipFile> CutAsync(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentNullException.ThrowIfNull(order);
        return Task.Run(() => Cut(slice, order.Range, order.PosterAt, Path.GetFullPath(order.Path), cancel), cancel);
    }

    private ClipFile Cut(TapeSlice slice, TimeRange range, MediaTime posterAt, string path, CancellationToken cancel)
    {
        FFmpegLibraries.Ensure(_options.FFmpegPath);
        var plan = CopyPlan.For(Holdable(slice, range), range);
        var part = path + Unfinished;
        var poster = Path.ChangeExtension(path, ".jpg");
        try
        {
            ClipMuxer.Write(plan, part, cancel);
            ClipCheck.Verify(part, plan, _options, cancel);
            var hasPoster = SavePoster(plan, posterAt, poster);
            File.Move(part, path, overwrite: true);
            return new ClipFile(path, hasPoster ? poster : null, range, plan.Actual, "copy", plan.Tracks);
        }
        catch (Exception e)
        {
            File.Delete(part);
            File.Delete(poster);
            if (Explain(path, e) is { } explained) throw explained;
            throw;
        }
    }

    private static ClipException? Explain(string path, Exception e) => e switch
    {
        FFmpegException { Code: -DiskFull or -QuotaExceeded } or IOException { HResult: DiskFull or QuotaExceeded } =>
            new ClipException($"Clip '{path}' cannot be written: the disk is full. Free space there or move the clip folder.", "disk-full", e),
        FFmpegException or IOException or UnauthorizedAccessException =>
            new ClipException($"Clip '{path}' cannot be written: {e.Message} Check the folder and its permissions.", "cut-failed", e),
        _ => null,
    };

    private TapeSlice Holdable(TapeSlice slice, TimeRange range)
    {
        var tracks = slice.Tracks.Where(ClipMuxer.CanHold).ToList();
        foreach (var lost in slice.Tracks.Except(tracks))
        {
            if (lost.Kind == TrackKind.Video)
                throw new ClipException($"A clip of {range} cannot be cut by copy: MP4 cannot hold {lost.Codec} video. Send H.264 or HEVC.", "cut-failed");
            LogSoundLost(range, lost.Codec);
        }

        return slice with { Tracks = tracks };
    }

    // A clip without a poster is still a clip: frames that cannot be decoded cost only the picture.
    private bool SavePoster(CopyPlan plan, MediaTime at, string path)
    {
        var inside = MediaTime.Max(plan.Actual.Start, MediaTime.Min(at, plan.Actual.End));
        try
        {
            if (Poster.Save(plan, inside, _options.MaxPixels, path)) return true;
            LogNoPoster(path, "no frame could be decoded");
        }
        catch (FFmpegException e)
        {
            LogNoPoster(path, e.Message);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clip of {Range} has no sound: MP4 cannot hold {Codec}")]
    private partial void LogSoundLost(TimeRange range, string codec);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Poster {Path} was not made: {Reason}")]
    private partial void LogNoPoster(string path, string reason);
}
