using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Hostile files: whatever is in them, reading gives frames without a missing slot, or one clear error.</summary>
public sealed class HostileFileTests
{
    private static readonly IngestOptions s_options = new() { OpenTimeout = TimeSpan.FromSeconds(5), ReadTimeout = TimeSpan.FromSeconds(5) };

    public static TheoryData<string> Hostile => Files(SharedData.Hostile, "flv", "ts", "mp4", "mkv", "bomb");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_gives_what_is_there_or_says_why_not(string file)
    {
        Assert.SkipWhen(SharedData.Hostile is null, SharedData.Missing("hostile"));
        AssertSurvives(SharedData.Hostile!, file);
    }

    private static void AssertSurvives(string root, string file)
    {
        const int most = 4000;
        try
        {
            Assert.InRange(Read(root, file, most).Count, 0, most);
        }
        catch (StreamException refusal)
        {
            Assert.Contains(Path.GetFileName(file), refusal.Message, StringComparison.Ordinal);
        }
    }

    private static List<SampledFrame> Read(string root, string file, int most = int.MaxValue)
    {
        var frames = FrameReader.ReadFrames(Path.Combine(root, file), 56, 28, s_options, TestContext.Current.CancellationToken).Take(most).ToList();
        Assert.Equal(Enumerable.Range(0, frames.Count), frames.Select(f => (int)f.Slot));
        return frames;
    }

    private static TheoryData<string> Files(string? root, params string[] folders) => root is null ? ["none"]
        : [.. folders.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder)).Select(f => Path.GetRelativePath(root, f))).Order(StringComparer.Ordinal)];
}
