using System.Diagnostics;
using System.Threading.Channels;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary>What one pass cost.</summary>
/// <param name="CpuPerStreamSecond">Processor seconds that the whole program used for one second of stream, publishing included.</param>
/// <param name="PeakMemoryBytes">Largest resident memory of the process so far.</param>
internal sealed record DemoCost(double CpuPerStreamSecond, long PeakMemoryBytes);

/// <summary>Plays the broadcast once into the daemon's own listener and collects what comes out until the stream is offline again.</summary>
internal sealed class DemoPass(DemoBroadcast broadcast, string url, ChannelReader<SessionEvent> events, TextWriter live, IProgress<string> progress, TimeProvider time)
{
    /// <summary>Time that the last window, clip and hash may take after the broadcast has ended.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(2);

    /// <summary>Runs the pass in real time.</summary>
    /// <exception cref="StreamException">The daemon does not take the stream, or does not finish it.</exception>
    public async Task<(DemoReport Report, DemoCost Cost)> RunAsync(CancellationToken cancel)
    {
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        using var aftermath = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var collecting = CollectAsync(aftermath.Token);
        var position = new Position(at => progress.Report($"playing {at.ToTimeSpan():m\\:ss} of {broadcast.Length:m\\:ss}"));
        try
        {
            await new RtmpPublisher(time).PublishAsync(broadcast.Video, url, position: position, cancel: cancel);
            aftermath.CancelAfter(Aftermath);
            var report = DemoReport.Match(broadcast.Truths, await collecting);
            var process = Process.GetCurrentProcess();
            return (report, new((process.TotalProcessorTime - processor) / broadcast.Length, process.PeakWorkingSet64));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new StreamException($"The daemon did not finish the broadcast within {Aftermath.TotalSeconds:0} s of its end: the machine is too slow for the model, or the stream did not start. Run tempsamp-live doctor.", "timeout");
        }
        finally
        {
            await aftermath.CancelAsync();
        }
    }

    private async Task<IReadOnlyList<DemoClip>> CollectAsync(CancellationToken cancel)
    {
        var clips = new List<DemoClip>();
        await foreach (var happened in events.ReadAllAsync(cancel))
        {
            Tell(happened);
            if (happened is ClipReady ready) clips.Add(ClipOf(ready));
            if (happened is StreamOffline) break;
        }
        return clips;
    }

    private static DemoClip ClipOf(ClipReady ready)
    {
        var plan = ready.Clip.Plan;
        return new(plan.Id, plan.Query.Id, plan.Moment.Span, new Uri(ready.Clip.Uri).LocalPath, plan.SessionStartedAt, ready.At);
    }

    private void Tell(SessionEvent happened)
    {
        var line = happened switch
        {
            StreamOnline online => $"online    {string.Join(", ", online.Tracks.Select(track => track.Codec))}",
            ClipDetected found => $"detected  {found.Plan.Query.Id} at {found.Plan.Moment.Span}, score {found.Plan.Moment.Score:0.00}, {found.OutPointToDetected.TotalSeconds:0.0} s after its last frame",
            ClipReady ready => $"ready     {ready.Clip.Plan.Query.Id}: {new Uri(ready.Clip.Uri).LocalPath} ({ready.Clip.Bytes / 1024} KiB)",
            ClipFailed failed => $"failed    {failed.Plan.Query.Id}: {failed.Detail}",
            StreamOffline offline => $"offline   {offline.Detail}",
            _ => happened.ToString(),
        };
        live.WriteLine($"{happened.At:HH:mm:ss}  {line}");
    }

    /// <summary>Reports in the caller's thread, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Position(Action<MediaTime> report) : IProgress<MediaTime>
    {
        public void Report(MediaTime value) => report(value);
    }
}
