using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>soak [--minutes N] [--lanes A,B] [--faults A,B] [--json]</c>: four live streams from real servers, over which every fault comes round again and again: how soon they are read again,
/// whether media and gaps are the wall clock, and what happens to memory.
/// </summary>
public static class SoakVerb
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 5 };
        var lanes = new Option<string>("--lanes") { Description = "Only these, such as hls,srt. Default all.", DefaultValueFactory = _ => "" };
        var faults = new Option<string>("--faults") { Description = "Only those whose names contain one of these, such as codec,key. Default all.", DefaultValueFactory = _ => "" };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("soak", "Cycles all faults over live streams and watches the timeline and memory.") { minutes, lanes, faults, json };
        command.SetAction(async (parse, cancel) =>
        {
            var report = await RunAsync(TimeSpan.FromMinutes(parse.GetValue(minutes)), Chosen(parse.GetValue(lanes)!, s_lanes.Keys), Chosen(parse.GetValue(faults)!, Faults.All.Select(fault => fault.Name)), cancel);
            Console.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(report) : report.ToString());
        });
        return command;
    }

    private static readonly Dictionary<string, Func<Task<FaultLane>>> s_lanes = new()
    {
        ["rtmp-sent-away"] = async () => await RtmpLane.StartAsync(keepsPlayers: false),
        ["rtmp-kept"] = async () => await RtmpLane.StartAsync(keepsPlayers: true),
        ["hls"] = async () => await HlsLane.StartAsync(),
        ["srt"] = async () => await SrtLane.StartAsync(),
    };

    // Those of some names that contain one of the words; all where there is no word.
    private static HashSet<string> Chosen(string words, IEnumerable<string> names)
    {
        var wanted = words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var chosen = names.Where(name => wanted.Length == 0 || wanted.Any(word => name.Contains(word, StringComparison.Ordinal))).ToHashSet();
        return chosen.Count > 0 ? chosen : throw new ArgumentException($"'{words}' chooses nothing of {string.Join(", ", names)}");
    }

    private static async Task<SoakReport> RunAsync(TimeSpan length, HashSet<string> chosenLanes, HashSet<string> chosenFaults, CancellationToken cancel)
    {
        if ((NginxRtmp.WhyAbsent ?? FFmpegPublisher.WhyAbsent) is { } absent) throw new InvalidOperationException(absent);
        FFmpegLog.RouteTo(null);
        var lanes = new Dictionary<string, FaultLane>();
        try
        {
            foreach (var name in chosenLanes) lanes[name] = await s_lanes[name]();
            return await CycleAsync(lanes, [.. Faults.All.Where(fault => chosenFaults.Contains(fault.Name))], length, cancel);
        }
        finally
        {
            foreach (var lane in lanes.Values) await lane.DisposeAsync();
        }
    }

    private static async Task<SoakReport> CycleAsync(Dictionary<string, FaultLane> lanes, IReadOnlyList<Fault> cycle, TimeSpan length, CancellationToken cancel)
    {
        var query = new HighlightQuery("mark", "the mark is shown", 0.5, ClipPolicy.Default);
        await using var studio = await Studio.StartAsync(new MarkFinder(), [.. lanes.Select(lane => new StreamSpec(lane.Key, lane.Value.Url, [query]))]);
        foreach (var stream in studio.Registry.Status()) await OnlineAsync(studio, stream.StreamId, cancel);

        var began = Stopwatch.GetTimestamp();
        var (faults, memory, fullAfter) = (new List<SoakFault>(), new List<SoakMemory>(), 0);
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            if (Stopwatch.GetElapsedTime(began) < Studio.TapeLength) fullAfter = memory.Count + 1;
            foreach (var fault in cycle)
            {
                if (Stopwatch.GetElapsedTime(began) >= length) break;
                faults.AddRange(await Task.WhenAll(lanes.Select(lane => StrikeAsync(studio, lane.Key, lane.Value, fault, cancel))));
            }
            memory.Add(MemoryMeter.Read(studio.Registry.Status().Sum(stream => stream.Tape?.MemoryBytes ?? 0)));
        }

        return new(MachineFacts.Read(), Stopwatch.GetElapsedTime(began), faults, memory, fullAfter, [.. studio.Registry.Status().Select(Stream)]);
    }

    private static async Task<SoakFault> StrikeAsync(Studio studio, string stream, FaultLane lane, Fault fault, CancellationToken cancel)
    {
        await fault.Do(lane);
        var (back, untilPlayable) = (Stopwatch.GetTimestamp(), lane.UntilPlayable.TotalSeconds);
        var held = Held(studio, stream);
        await WaitAsync($"{stream} to be read after {fault.Name}", () => Status(studio, stream).State == SessionState.Online && Held(studio, stream) > held, cancel);
        var seconds = Stopwatch.GetElapsedTime(back).TotalSeconds;
        await Task.Delay(fault.Lasts, TimeProvider.System, cancel);
        var status = Status(studio, stream);
        return new(fault.Name, stream, seconds, Math.Max(0, seconds - untilPlayable), status.Sessions, status.Timeline!.Total.TotalSeconds, status.Timeline.Drift?.TotalSeconds ?? 0);
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

    private static SoakStream Stream(SessionStatus status) => new(status.StreamId, status.Sessions, status.Timeline!, status.Tape!, status.Notes);
}
