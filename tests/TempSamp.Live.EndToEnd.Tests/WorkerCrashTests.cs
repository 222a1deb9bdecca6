using System.Diagnostics;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>Worker processes of the real program, killed on purpose.</summary>
public class WorkerCrashTests(TestBroadcast broadcast)
{
    private static readonly Dictionary<string, IReadOnlyList<TimeRange>> Truths = new()
    {
        ["before"] = [TimeRange.FromSeconds(3, 6)],
        ["after"] = [TimeRange.FromSeconds(14, 17)],
    };

    [Fact]
    public async Task A_native_crash_costs_a_stream_seconds_and_clips_of_before_and_after_come_from_one_session()
    {
        await using var daemon = await LiveDaemon.StartAsync(Truths, LiveDaemon.Stream("match", broadcast.File, "before", "after"));
        await daemon.WaitForAsync("stream.online", 1);
        await daemon.WaitForAsync("clip.detected", 1);

        foreach (var worker in IngestWorkers()) Kill(worker);

        await daemon.WaitForAsync("stream.offline", 1);
        Assert.Single(daemon.Events, e => LiveDaemon.Is(e, "stream.online"));
        Assert.Equal(["after", "before"], daemon.Events.Where(e => LiveDaemon.Is(e, "clip.ready"))
            .Select(e => e.GetProperty("data").GetProperty("query").GetProperty("id").GetString()).Order());
        await Deliverables.CheckAsync(daemon.Events);
    }

    // Children of this process that read streams.
    private static IEnumerable<int> IngestWorkers() => Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
        .Where(id => Read(id, "cmdline").Contains(WorkerProgram.IngestVerb, StringComparison.Ordinal) && Read(id, "stat").Split(' ') is [_, _, _, var parent, ..] && parent == $"{Environment.ProcessId}")
        .ToList();

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Kill(int process)
    {
        using var kill = Process.Start("kill", ["-SEGV", $"{process}"]);
        kill.WaitForExit();
    }
}
