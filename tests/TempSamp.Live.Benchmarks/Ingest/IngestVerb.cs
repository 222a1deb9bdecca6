using System.CommandLine;
using System.Text.Json;
using TempSamp.Live.Media;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>ingest [--rounds N] [--seconds N] [--json]</c>: CPU time of reading, taping and sampling a 1080p30 stream, side by side with the ffmpeg program doing
/// the sampling alone, in turns.
/// </summary>
public static class IngestVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each way is measured; the least counts.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Length of the stream.", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("ingest", "Measures sampling a 1080p30 stream at 2 fps while keeping its packets, against ffmpeg -vf fps=2,scale.") { rounds, seconds, json };
        command.SetAction(async (parse, cancel) =>
        {
            var report = await MeasureAsync(parse.GetValue(rounds), parse.GetValue(seconds), cancel);
            Console.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(report) : report.ToString());
        });
        return command;
    }

    private static async Task<IngestReport> MeasureAsync(int rounds, int seconds, CancellationToken cancel)
    {
        var machine = MachineFacts.Read();
        FFmpegLibraries.Ensure();
        FFmpegLog.RouteTo(null);
        var scene = IngestScene.Make(seconds);
        var longer = scene.Repeated(20); // what is cheap is measured for longer
        for (var i = 0; i < 2; i++) await IngestRun.MeasureAsync(scene, SamplingMode.Auto, true, hashes: true, cancel); // compiles the path, loads the codecs
        var ways = new (string Name, Func<Task<double>> Measure)[]
        {
            ("ffmpeg, 1 thread", () => Task.FromResult(FFmpegRun.Cost(scene, "-threads", "1"))),
            ("ours, Full", () => CostAsync(scene, SamplingMode.Full, true, cancel)),
            ("ffmpeg, default threads", () => Task.FromResult(FFmpegRun.Cost(scene))),
            ("ours, Auto", () => CostAsync(scene, SamplingMode.Auto, true, cancel)),
            ("ours, ReferenceFrames", () => CostAsync(scene, SamplingMode.ReferenceFrames, true, cancel)),
            ("ours, KeyFrames", () => CostAsync(longer, SamplingMode.KeyFrames, true, cancel)),
            ("ours, KeyFrames, unwatched", () => CostAsync(longer, SamplingMode.KeyFrames, false, cancel)),
            ("ours, Auto while idle", () => CostAsync(longer, SamplingMode.Auto, false, cancel)),
            ("ffmpeg, key frames, 1 thread", () => Task.FromResult(FFmpegRun.Cost(longer, "-threads", "1", "-skip_frame", "nokey"))),
            ("ffmpeg, key frames not scaled", () => Task.FromResult(FFmpegRun.DecodingCost(longer, "-threads", "1", "-skip_frame", "nokey", "-skip_loop_filter", "all"))),
        };
        var measured = ways.ToDictionary(w => w.Name, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
            foreach (var (name, measure) in round % 2 == 0 ? ways : ways.Reverse())
                measured[name].Add(await measure());

        var figures = ways.Select(w => new IngestFigure(w.Name, [.. measured[w.Name]])).ToArray();
        var exact = await IngestRun.MeasureAsync(scene, SamplingMode.Full, true, hashes: true, cancel);
        var auto = await IngestRun.MeasureAsync(scene, SamplingMode.Auto, true, hashes: true, cancel);
        var reference = await IngestRun.MeasureAsync(scene, SamplingMode.ReferenceFrames, true, hashes: true, cancel);
        return new IngestReport(
            machine, scene.ToString(), figures, OfAMinute(exact.TapePayload, seconds), OfAMinute(exact.TapeMemory, seconds), OfAMinute(auto.Allocated, seconds),
            auto.Differing(exact), reference.Differing(exact));
    }

    private static long OfAMinute(long bytes, int seconds) => bytes * 60 / seconds;

    private static async Task<double> CostAsync(IngestScene scene, SamplingMode mode, bool isWatched, CancellationToken cancel) =>
        (await IngestRun.MeasureAsync(scene, mode, isWatched, hashes: false, cancel)).Cost;
}
