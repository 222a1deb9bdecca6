using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>What holds true of the timeline of every file, however it was damaged, spliced or restarted.</summary>
public sealed class TimelineTests
{
    private static readonly IngestOptions s_options = new() { OpenTimeout = TimeSpan.FromSeconds(5), ReadTimeout = TimeSpan.FromSeconds(5), Realtime = false };

    public static TheoryData<string> Files => SharedData.Media is not { } media ? ["none"]
        : [.. new[] { "ts", "flv" }.SelectMany(folder => Directory.GetFiles(Path.Combine(media, folder)).Select(file => Path.GetRelativePath(media, file))).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Times_are_linear_and_media_and_gaps_are_all_of_the_timeline(string file)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        Recording read;
        try
        {
            read = await Recording.OfAsync(Path.Combine(SharedData.Media!, file), s_options);
        }
        catch (StreamException refusal)
        {
            Assert.Contains(Path.GetFileName(file), refusal.Message, StringComparison.Ordinal);
            return;
        }

        var video = read.Announced.First(track => track.Format.Kind == TrackKind.Video).Format.Index;
        foreach (var track in read.Packets.GroupBy(packet => packet.Track))
        {
            Assert.Equal(track.Select(packet => packet.Dts), track.Select(packet => packet.Dts).Order());
            Assert.Equal(track.Select(packet => packet.Epoch), track.Select(packet => packet.Epoch).Order());
            Assert.All(track, packet => Assert.InRange((packet.Pts - packet.Dts).Seconds, -1, 10));
        }

        var coverage = new Coverage();
        var shown = read.Packets.Where(packet => packet.Track == video).ToList();
        foreach (var packet in shown) coverage.Observe(packet);
        var frame = Median(shown.Zip(shown.Skip(1), (a, b) => (b.Dts - a.Dts).Seconds));
        var media = (coverage.Total - coverage.Gaps).Seconds;
        Assert.InRange(media, (shown.Count * frame * 0.9) - 1, (shown.Count * frame * 1.1) + coverage.Count + 1);
        Assert.All(read.Notes, note => Assert.InRange(note.At.Seconds, -10, coverage.Total.Seconds + 10));
        Assert.Equal(Enumerable.Range(0, read.Frames.Count), read.Frames.Select(sampled => (int)sampled.Slot));
    }

    private static double Median(IEnumerable<double> steps) => steps.Order().ToList() is { Count: > 0 } sorted ? sorted[sorted.Count / 2] : 0;
}
