using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>
/// Every media file that was made to do harm, read to its end in a worker as a stream is: it gives what can be read of it or says why not, in time, and no
/// worker is lost over it.
/// </summary>
public sealed class HostileMediaTests
{
    // Of ten seconds with a machine to itself: an end is what matters here, and that nothing but the file can end a worker.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1), Enough = TimeSpan.FromSeconds(4);
    private static readonly string[] Folders = ["flv", "ts", "mp4", "mkv", "bomb", "disguised", "subs"];
    private static readonly IngestOptions Ingest = new() { Realtime = false };

    [Fact]
    public async Task Every_hostile_media_file_ends_in_time_with_what_can_be_read_or_with_a_reason()
    {
        Assert.SkipWhen(SharedData.Hostile is null, SharedData.Missing("hostile"));
        var files = Folders.SelectMany(folder => Directory.GetFiles(Path.Combine(SharedData.Hostile!, folder))).ToList();
        var wrong = new List<string>();

        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, async (file, cancel) =>
        {
            var started = Stopwatch.GetTimestamp();
            var (isSafe, outcome) = await OutcomeAsync(file, cancel);
            var took = Stopwatch.GetElapsedTime(started);
            var line = $"{Path.GetRelativePath(SharedData.Hostile!, file)}, {took.TotalSeconds:0.00} s: {outcome}";
            TestContext.Current.TestOutputHelper!.WriteLine(line);
            if (took > Limit || !isSafe) lock (wrong) wrong.Add(line);
        });

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("bomb/8192x8192.mp4", "forbidden")]
    [InlineData("bomb/1000fps.mp4", "damaged")]
    [InlineData("bomb/60_audio_tracks.mkv", "no-video")]
    [InlineData("mp4/tracks_1000.mp4", "damaged")]
    [InlineData("disguised/ffconcat_named.mp4", "invalid")]
    public async Task Bombs_are_refused_for_what_they_are(string file, string reason)
    {
        Assert.SkipWhen(SharedData.Hostile is null, SharedData.Missing("hostile"));

        var (isSafe, outcome) = await OutcomeAsync(Path.Combine(SharedData.Hostile!, file), TestContext.Current.CancellationToken);

        Assert.True(isSafe, outcome);
        Assert.StartsWith(reason, outcome, StringComparison.Ordinal);
    }

    // A recording of hours is as safe as a stream of hours: it is read as long as somebody wants it, and stops at once.
    private static async Task<(bool IsSafe, string Outcome)> OutcomeAsync(string file, CancellationToken cancel)
    {
        var source = new WorkerStreamSource(Options.Create(Ingest), Options.Create(new WorkerOptions { CrashLimit = 0, SilentAfter = Limit, StuckAfter = Limit }), TimeProvider.System, NullLogger<WorkerStreamSource>.Instance);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var recording = new Recording();
        try
        {
            await using var input = await source.OpenAsync(TestStream.Plan(file), cancel);
            enough.CancelAfter(Enough);
            var frames = Channel.CreateBounded<SampledFrame>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
            await input.PumpAsync(recording, frames.Writer, enough.Token);
            return (true, $"read to its end, {recording.Packets.Count} packets, {recording.Notes.Count} notes");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (recording.Packets.Count > 0, $"still read, {recording.Packets.Count} packets");
        }
        catch (StreamException e)
        {
            return (e.InnerException is not WorkerLostException, $"{e.Reason} after {recording.Packets.Count} packets: {e.Message}");
        }
    }
}
