using System.Buffers.Binary;
using TempSamp.Live.Core;

namespace TempSamp.Live.Testing;

/// <summary>Says which rules a finished clip breaks, by decoding it with the ffmpeg program.</summary>
public static class CutJudge
{
    /// <summary>Mean squared difference of small grey pictures up to which they show the same: 34 dB.</summary>
    private const double SamePicture = 26;

    private const double MostSkew = 0.020, MostTimeError = 0.003;

    /// <summary>The rules that a clip breaks, each with what was seen.</summary>
    /// <param name="source">The file it was cut from.</param>
    /// <param name="truth">Its frames.</param>
    /// <param name="clip">The clip.</param>
    public static List<(string Rule, string Seen)> Judge(ReadSource source, CutTruth truth, ClipFile clip)
    {
        var broken = new List<(string, string)>();
        var frames = DecodedFrames.Of(clip.Path);
        if (frames.Errors.Length > 0) broken.Add(("decodes", frames.Errors));
        if (!HasIndexInFront(clip.Path)) broken.Add(("moov-first", "mdat comes first"));

        var (first, end) = truth.In(clip.Requested);
        if (Math.Abs(frames.Times.Length - (end - first)) > 2)
            broken.Add(("frames", $"{frames.Times.Length} instead of {end - first}"));
        if (frames.Times.Length == 0 || end == first) return broken;

        var shift = truth.Frames.Errors.Length == 0 ? BestShift(truth, first, frames) : ShiftByTimes(truth, first, frames);
        if (Math.Abs(shift) > 1) broken.Add(("first-frame", $"{shift:+0;-0} frames off"));
        var last = first + shift + frames.Times.Length - 1;
        if (Math.Abs(last - (end - 1)) > 1) broken.Add(("last-frame", $"{last - (end - 1):+0;-0} frames off"));
        if (truth.Frames.Errors.Length == 0) // what a decoder makes up for lost parts, and leaves out, depends on where it began
        {
            ComparePictures(truth, first + shift, frames, clip, broken);
            CompareTimes(truth, first + shift, frames, broken);
        }

        if (clip.Mode == "smart" && clip.Reencoded > Gop(source, clip.Requested.Start) + Gop(source, clip.Requested.End))
            broken.Add(("one-gop", $"{clip.Reencoded} frames encoded again"));
        if (source.RunsOn && SoundSkew.Of(source.Path, clip.Path, FirstShown(truth, first + shift, clip)) is { } skew && Math.Abs(skew) > MostSkew)
            broken.Add(("skew", $"{skew * 1000:0} ms"));
        return broken;
    }

    // When the clip's first frame is shown in the source; of a damaged source, as the clip says.
    private static double FirstShown(CutTruth truth, int first, ClipFile clip) => truth.Frames.Errors.Length == 0
        ? truth.Frames.Times[Math.Clamp(first, 0, truth.At.Length - 1)]
        : truth.Frames.Times[0] - truth.At[0] + clip.Actual.Start.Seconds;

    // The clip's place among the source's frames, looked for two frames around where it should be.
    private static int BestShift(CutTruth truth, int first, DecodedFrames clip)
    {
        var step = Math.Max(1, clip.Small.Length / 16);
        double Off(int shift) => Enumerable.Range(0, clip.Small.Length).Where(i => i % step == 0 || i == clip.Small.Length - 1).Sum(i =>
            first + shift + i is var at && at >= 0 && at < truth.At.Length ? Math.Min(10_000, DecodedFrames.Difference(clip.Small[i], truth.Frames.Small[at])) : 10_000);
        var scores = new[] { 0, -1, 1, -2, 2, -3, 3 }.Select(shift => (shift, off: Off(shift))).ToList();
        var best = scores.MinBy(s => s.off);
        return scores[0].off <= best.off * 1.05 + 1 ? 0 : best.shift; // a still picture fits everywhere
    }

    // Where pictures tell nothing, the pattern of their times still does.
    private static int ShiftByTimes(CutTruth truth, int first, DecodedFrames clip)
    {
        double Off(int shift) => Enumerable.Range(0, clip.Times.Length).Sum(i => first + shift + i is var at && at >= 0 && at < truth.At.Length && first + shift >= 0
            ? Math.Abs(clip.Times[i] - clip.Times[0] - (truth.At[at] - truth.At[first + shift])) : 1);
        return new[] { 0, -1, 1, -2, 2 }.MinBy(shift => Math.Round(Off(shift), 3)); // of equal ones the first: sums of the same steps differ in their last digits
    }

    private static void ComparePictures(CutTruth truth, int first, DecodedFrames clip, ClipFile file, List<(string, string)> broken)
    {
        var (identical, different, at) = (0, 0, -1);
        for (var i = 0; i < clip.Small.Length && first + i < truth.At.Length; i++)
        {
            if (first + i < 0) continue;
            if (clip.Hashes[i] == truth.Frames.Hashes[first + i]) identical++;
            else if (DecodedFrames.Difference(clip.Small[i], truth.Frames.Small[first + i]) > SamePicture)
            {
                different++;
                at = i;
            }
        }

        if (different > 0) broken.Add(("pictures", $"{different} of {clip.Small.Length} differ, the last is {at}"));
        if (file.Mode == "smart" && clip.Size == truth.Frames.Size && identical < file.Frames - file.Reencoded)
            broken.Add(("copied", $"{identical} identical of {file.Frames - file.Reencoded} copied"));
    }

    private static void CompareTimes(CutTruth truth, int first, DecodedFrames clip, List<(string, string)> broken)
    {
        if (first < 0) return;
        var worst = Enumerable.Range(0, Math.Min(clip.Times.Length, truth.At.Length - first))
            .Select(i => Math.Abs(clip.Times[i] - clip.Times[0] - (truth.At[first + i] - truth.At[first]))).DefaultIfEmpty(0).Max();
        if (worst > MostTimeError) broken.Add(("times", $"{worst * 1000:0.0} ms off"));
        if (Math.Abs(clip.Times[0]) > MostTimeError) broken.Add(("starts-at-zero", $"{clip.Times[0] * 1000:0.0} ms"));
    }

    // Pictures from the key frame before an instant to the one after it.
    private static int Gop(ReadSource source, MediaTime at)
    {
        var keys = Enumerable.Range(0, source.Pictures.Count).Where(i => source.Pictures[i].IsKey).ToList();
        var last = keys.LastOrDefault(i => source.Pictures[i].Pts <= at);
        return keys.Find(i => i > last) is var next and > 0 ? next - last : source.Pictures.Count - last;
    }

    private static bool HasIndexInFront(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[16];
        while (file.Read(head) == head.Length)
        {
            if (head[4..8].SequenceEqual("moov"u8)) return true;
            if (head[4..8].SequenceEqual("mdat"u8)) return false;
            var size = (long)BinaryPrimitives.ReadUInt32BigEndian(head);
            file.Position += (size == 1 ? BinaryPrimitives.ReadInt64BigEndian(head[8..]) : size) - head.Length;
        }

        return false;
    }
}
