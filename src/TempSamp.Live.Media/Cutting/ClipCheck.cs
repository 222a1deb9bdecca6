using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads a finished clip back: a clip is worth announcing only when it opens, starts on a key frame, and holds every frame at its time.</summary>
internal static unsafe class ClipCheck
{
    /// <summary>Frames that are decoded on each side of a place where encoded and copied pictures meet.</summary>
    private const int Beside = 12;

    /// <summary>Checks the file against what it was made from.</summary>
    /// <returns>What differs; null when nothing does.</returns>
    /// <exception cref="FFmpegException">The file cannot be read.</exception>
    public static string? WhatDiffers(string path, ClipContents clip)
    {
        using var input = FileInputHandle.Open(path, probe: false);
        if (input.BestStream(AVMediaType.AVMEDIA_TYPE_VIDEO) is not { } video) return "it holds no pictures";
        var unit = input.Pointer->streams[video]->time_base;
        var shown = new List<long>();
        using var packet = PacketHandle.Alloc();
        var (startsOnKey, lastDts) = (false, long.MinValue);
        while (input.TryRead(packet))
        {
            if (packet.Pointer->stream_index != video) continue;
            if (shown.Count == 0) startsOnKey = (packet.Pointer->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0;
            if (packet.Pointer->dts <= lastDts) return $"its decoding times do not rise at picture {shown.Count}";
            lastDts = packet.Pointer->dts;
            shown.Add(ffmpeg.av_rescale_q(packet.Pointer->pts, unit, new AVRational { num = 1, den = clip.Video.TicksPerSecond }));
        }

        if (shown.Count != clip.Video.Samples.Count) return $"it holds {shown.Count} pictures instead of {clip.Video.Samples.Count}";
        if (!startsOnKey) return "it does not start on a key frame";
        var off = shown.Zip(clip.Video.Samples).FirstOrDefault(pair => Math.Abs(pair.First - pair.Second.Pts) > 1);
        return off == default ? null : $"a picture is shown at {new MediaTime(off.First)} instead of {new MediaTime(off.Second.Pts)}";
    }

    /// <summary>Decodes a smart cut: all of it, or the pictures around the places where encoded and copied ones meet.</summary>
    /// <param name="clip">A smart cut.</param>
    /// <param name="everyFrame">Whether all of it.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>What went wrong; null when nothing did.</returns>
    public static string? Decode(ClipContents clip, bool everyFrame, long maxPixels, CancellationToken cancel)
    {
        var count = clip.Video.Samples.Count;
        if (everyFrame) return Decode(clip, 0, count, maxPixels, cancel);
        var tailKey = LastEntry(clip.Video.Samples, count - clip.Tail - 1);
        return (clip.Head > 0 ? Decode(clip, 0, Math.Min(count, clip.Head + Beside), maxPixels, cancel) : null)
            ?? (clip.Tail > 0 ? Decode(clip, tailKey, count, maxPixels, cancel) : null);
    }

    // The last key frame up to a place behind which nothing is shown before it.
    private static int LastEntry(IReadOnlyList<ClipSample> samples, int upTo)
    {
        var entry = upTo;
        while (entry > 0 && !(samples[entry].IsKey && samples.Skip(entry).All(sample => sample.Pts >= samples[entry].Pts))) entry--;
        return entry;
    }

    private static string? Decode(ClipContents clip, int first, int end, long maxPixels, CancellationToken cancel)
    {
        using var decoder = new PictureDecoder(clip.Video.Format, maxPixels);
        var samples = clip.Video.Samples.Skip(first).Take(end - first).ToList();
        var shown = new List<long>();
        decoder.Decode(clip.PicturesFrom(first).Take(end - first), new(new(long.MinValue / 2), new(long.MaxValue / 2)), (_, at) => shown.Add(at.Ticks), cancel);
        if (decoder.Damaged > 0) return $"{decoder.Damaged} pictures do not decode without error";
        return shown.SequenceEqual(samples.Select(s => s.Pts).Order()) ? null : $"{shown.Count} of {samples.Count} pictures decode";
    }
}
