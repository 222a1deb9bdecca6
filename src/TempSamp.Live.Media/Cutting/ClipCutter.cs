using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Cuts clips from tape. A smart cut that a rule forbids, or that does not read back as it should, is made again as an exact one; the clip says why.
/// The file is written beside its final name, read back, and renamed, so that what stands under the final name is whole.
/// </summary>
public sealed partial class ClipCutter : IClipCutter
{
    private const int DiskFull = 28, QuotaExceeded = 122; // ENOSPC, EDQUOT

    private readonly IngestOptions _ingest;
    private readonly CutOptions _options;
    private readonly EncoderChoice _encoders;
    private readonly ILogger _log;

    /// <summary>Makes a cutter.</summary>
    /// <param name="ingest">Bounds on what is decoded, and where FFmpeg is.</param>
    /// <param name="options">How clips are encoded.</param>
    /// <param name="log">Gets what a clip had to do without.</param>
    public ClipCutter(IOptions<IngestOptions> ingest, IOptions<CutOptions> options, ILogger<ClipCutter> log)
    {
        ArgumentNullException.ThrowIfNull(ingest);
        ArgumentNullException.ThrowIfNull(options);
        (_ingest, _options, _log) = (ingest.Value, options.Value, log);
        _encoders = new EncoderChoice(options.Value, log);
    }

    /// <inheritdoc/>
    public Task<ClipFile> CutAsync(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentNullException.ThrowIfNull(order);
        return Task.Run(() => CutWholeAsync(slice, order with { Path = Path.GetFullPath(order.Path) }, cancel), cancel);
    }

    private async Task<ClipFile> CutWholeAsync(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        FFmpegLibraries.Ensure(_ingest.FFmpegPath);
        var files = new ClipFiles(order.Path);
        try
        {
            var cut = await WriteCheckedAsync(slice, order, files, cancel);
            files.MakeExtras(cut.Contents, order.Form, _options, _ingest.MaxPixels, cancel);
            File.Move(files.Unfinished, order.Path, overwrite: true);
            return new ClipFile(order.Path, cut.HasPoster ? files.Poster : null, order.Range, cut.Contents.Actual, NameOf(cut.Mode), [.. cut.Contents.Tracks.Select(t => t.Format)])
            {
                Fallback = cut.Fallback,
                Reencoded = cut.Contents.Head + cut.Contents.Tail,
                Frames = cut.Contents.Video.Samples.Count,
                Extras = files.Extras,
            };
        }
        catch (Exception e)
        {
            files.Delete();
            if (Explain(order.Path, e) is { } explained) throw explained;
            throw;
        }
    }

    private async Task<FinishedCut> WriteCheckedAsync(TapeSlice slice, ClipOrder order, ClipFiles files, CancellationToken cancel)
    {
        var (mode, fallback) = order.Form is { Vertical: true, Mode: not CutMode.Exact } ? (CutMode.Exact, "vertical: a crop is encoded again") : (order.Form.Mode, null);
        while (true)
        {
            string problem;
            try
            {
                var contents = WithSound(Pictures(slice, order, mode, cancel), slice, cancel);
                var poster = Task.Run(() => SavePoster(contents, order.PosterAt, files.Poster), CancellationToken.None); // costs more than writing and reading a copy
                try
                {
                    if (Written(contents, mode, files.Unfinished, cancel) is { } wrong) problem = $"verification: {wrong}";
                    else return new(contents, mode, fallback, await poster);
                }
                finally
                {
                    await poster;
                }
            }
            catch (NotSmartException e)
            {
                problem = e.Message;
            }

            if (mode != CutMode.Smart)
                throw new ClipException($"The clip written to '{order.Path}' is not sound: {problem}. The source may be damaged at this place.", "cut-failed");
            LogFallback(order.Range, problem);
            (mode, fallback) = (CutMode.Exact, problem);
        }
    }

    // What is wrong with the file as it reads back; null when nothing is.
    private string? Written(ClipContents contents, CutMode mode, string path, CancellationToken cancel)
    {
        ClipMuxer.Write(contents, path, cancel);
        return ClipCheck.WhatDiffers(path, contents) ?? (mode == CutMode.Smart ? ClipCheck.Decode(contents, _options.CheckEveryFrame, _ingest.MaxPixels, cancel) : null);
    }

    private ClipContents Pictures(TapeSlice slice, ClipOrder order, CutMode mode, CancellationToken cancel)
    {
        var track = slice.Tracks.FirstOrDefault(t => t.Kind == TrackKind.Video)
            ?? throw new ClipException($"A clip of {order.Range} cannot be cut: the stream has no video. Check the source.", "no-key-frame");
        var runs = FormatRun.Of(slice, track);
        if (runs.Count == 0) throw new ClipException($"A clip of {order.Range} cannot be cut: there are no pictures in it. Check the source.", "no-key-frame");
        if (mode == CutMode.Exact) return ExactCut.Cut(runs, order.Range, order.Form.Vertical, _encoders, _ingest.MaxPixels, cancel);
        if (mode == CutMode.Smart && track.Codec == "hevc" && !_options.SmartHevc) throw new NotSmartException("codec", $"clips of HEVC are to be H.264 ({CutOptions.Section}:{nameof(CutOptions.SmartHevc)})");
        if (mode == CutMode.Smart) return SmartCut.Cut(runs, order.Range, _encoders, _ingest.MaxPixels, cancel);
        if (runs.Count > 1)
            throw new ClipException($"A clip of {order.Range} cannot be cut by copy: its format changes at {runs[1].Packets[0].Pts}. Use the smart or exact mode.", "format-changed");
        if (!ClipMuxer.CanHold(track))
            throw new ClipException($"A clip of {order.Range} cannot be cut by copy: MP4 cannot hold {track.Codec} video. Use the smart or exact mode.", "cut-failed");
        return CopyCut.Cut(track, runs[0].Packets, order.Range);
    }

    // A clip without one of its sounds is still a clip.
    private ClipContents WithSound(ClipContents clip, TapeSlice slice, CancellationToken cancel)
    {
        var sound = new List<ClipTrack>();
        foreach (var track in slice.Tracks.Where(t => t.Kind == TrackKind.Audio))
        {
            try
            {
                if (SoundCut.Cut(FormatRun.Of(slice, track), clip.Actual, _options.CheckEveryFrame, cancel) is { } cut) sound.Add(cut);
                else LogSoundLost(clip.Actual, track.Codec, "nothing of it sounds or decodes there");
            }
            catch (FFmpegException e)
            {
                LogSoundLost(clip.Actual, track.Codec, e.Message);
            }
        }

        return clip with { Sound = sound };
    }

    // A clip without a poster is still a clip: frames that cannot be decoded cost only the picture.
    private bool SavePoster(ClipContents clip, MediaTime at, string path)
    {
        try
        {
            if (Poster.Save(clip, at, _ingest.MaxPixels, path)) return true;
            LogNoPoster(path, "no frame could be decoded");
        }
        catch (FFmpegException e)
        {
            LogNoPoster(path, e.Message);
        }

        return false;
    }

    private static string NameOf(CutMode mode) => mode switch
    {
        CutMode.Copy => "copy",
        CutMode.Smart => "smart",
        _ => "exact",
    };

    private static ClipException? Explain(string path, Exception e) => e switch
    {
        FFmpegException { Code: -DiskFull or -QuotaExceeded } or IOException { HResult: DiskFull or QuotaExceeded } =>
            new ClipException($"Clip '{path}' cannot be written: the disk is full. Free space there or move the clip folder.", "disk-full", e),
        FFmpegException or IOException or UnauthorizedAccessException =>
            new ClipException($"Clip '{path}' cannot be written: {e.Message} Check the folder and its permissions.", "cut-failed", e),
        _ => null,
    };

    private sealed record FinishedCut(ClipContents Contents, CutMode Mode, string? Fallback, bool HasPoster);

    [LoggerMessage(Level = LogLevel.Information, Message = "Clip of {Range} is encoded whole instead of cut smartly: {Reason}")]
    private partial void LogFallback(TimeRange range, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clip of {Range} has no {Codec} sound: {Reason}")]
    private partial void LogSoundLost(TimeRange range, string codec, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Poster {Path} was not made: {Reason}")]
    private partial void LogNoPoster(string path, string reason);
}
