using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>soak [--minutes N] [--json]</c>: four live streams from real servers, over which every fault comes round again and again: how soon they are read again,
/// whether media and gaps are the wall clock, and what happens to memory.
/// </summary>
public static class SoakVerb
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("soak", "Cycles all faults over live streams and watches the timeline and memory.") { minutes, json };
        command.SetAction(async (parse, cancel) =>
        {
            var report = await RunAsync(TimeSpan.FromMinutes(parse.GetValue(minutes)), cancel);
            Console.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(report) : report.ToString());
        });
        return command;
    }

    private static async Task<SoakReport> RunAsync(TimeSpan length, CancellationToken cancel)
    {
        if ((NginxRtmp.WhyAbsent ?? FFmpegPublisher.WhyAbsent) is { } absent) throw new InvalidOperationException(absent);
        FFmpegLog.RouteTo(null);
        await using var sent = await RtmpLane.StartAsync(keepsPlayers: false);
        await using var kept = await RtmpLane.StartAsync(keepsPlayers: true);
        await using var hls = await HlsLane.StartAsync();
        await using var srt = await SrtLane.StartAsync();
        var lanes = new Dictionary<string, FaultLane> { ["rtmp-sent-away"] = sent, ["rtmp-kept"] = kept, ["hls"] = hls, ["srt"] = srt };
        var query = new HighlightQuery("mark", "the mark is shown", 0.5, ClipPolicy.Default);
        await using var studio = await Studio.StartAsync(new MarkFinder(), [.. lanes.Select(lane => new StreamSpec(lane.Key, lane.Value.Url, [query]))]);
        foreach (var stream in studio.Registry.Status()) await OnlineAsync(studio, stream.StreamId, cancel);

        var began = Stopwatch.GetTimestamp();
        var (faults, memory) = (new List<SoakFault>(), new List<double>());
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            foreach (var fault in Faults.All)
            {
                if (Stopwatch.GetElapsedTime(began) >= length) break;
                faults.AddRange(await Task.WhenAll(lanes.Select(lane => StrikeAsync(studio, lane.Key, lane.Value, fault, cancel))));
            }
            memory.Add(Resident());
        }

        return new(MachineFacts.Read(), Stopwatch.GetElapsedTime(began), faults, memory, [.. studio.Registry.Status().Select(Stream)]);
    }

    private static async Task<SoakFault> StrikeAsync(Studio studio, string stream, FaultLane lane, Fault fault, CancellationToken cancel)
    {
        await fault.Do(lane);
        var back = Stopwatch.GetTimestamp();
        var held = Held(studio, stream);
        await WaitAsync($"{stream} to be read after {fault.Name}", () => Status(studio, stream).State == SessionState.Online && Held(studio, stream) > held, cancel);
        var seconds = Stopwatch.GetElapsedTime(back).TotalSeconds;
        await Task.Delay(fault.Lasts, TimeProvider.System, cancel);
        var status = Status(studio, stream);
        return new(fault.Name, stream, seconds, status.Sessions, status.Timeline!.Total.TotalSeconds, status.Timeline.Drift?.TotalSeconds ?? 0);
    }

    private static Task OnlineAsync(Studio studio, string stream, CancellationToken cancel) =>
        WaitAsync($"{stream} to be online", () => Status(studio, stream).State == SessionState.Online && Held(studio, stream) > MediaTime.FromSeconds(2), cancel);

    private static SessionStatus Status(Studio studio, string stream) => studio.Registry.Status(stream)!;

    private static MediaTime Held(Studio studio, string stream) => Status(studio, stream).Tape?.Held.End ?? MediaTime.Zero;

    private static async Task WaitAsync(string what, Func<bool> until, CancellationToken cancel)
    {
        for (var began = Stopwatch.GetTimestamp(); !until();)
        {
            if (Stopwatch.GetElapsedTime(began) > _patience) throw new TimeoutException($"waited in vain for {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancel);
        }
    }

    // Managed garbage is not growth.
    private static double Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / (double)(1 << 20);
    }

    private static SoakStream Stream(SessionStatus status) => new(status.StreamId, status.Sessions, status.Timeline!, status.Tape!, [.. status.Notes.GroupBy(note => note.Kind).Select(kind => $"{kind.Key}: {kind.Count()}")]);
}
