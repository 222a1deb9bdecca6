using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Media;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>cut [--json] [--accuracy --cases N --seed S]</c>: how fast clips are cut beside the ffmpeg program, or how exact they are.</summary>
internal static class CutVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var accuracy = new Option<bool>("--accuracy") { Description = "Cut random spans out of the media set and judge them." };
        var cases = new Option<int>("--cases") { Description = "How many spans; each is cut twice, smart and exact.", DefaultValueFactory = _ => 214 };
        var seed = new Option<int>("--seed") { Description = "Seed of the spans.", DefaultValueFactory = _ => 1 };
        var only = new Option<string?>("--only") { Description = "Only files whose path holds this; only the mode that begins with this." };
        var command = new Command("cut", "Cuts clips, beside the ffmpeg program.") { json, accuracy, cases, seed, only };
        command.SetAction(async (parse, cancel) =>
        {
            FFmpegLibraries.Ensure();
            FFmpegLog.RouteTo(null);
            return parse.GetValue(accuracy)
                ? await AccuracyAsync(parse.GetValue(cases), parse.GetValue(seed), parse.GetValue(only), parse.GetValue(json), cancel)
                : await SpeedAsync(parse.GetValue(only), parse.GetValue(json), cancel);
        });
        return command;
    }

    private static async Task<int> AccuracyAsync(int cases, int seed, string? only, bool json, CancellationToken cancel)
    {
        if (SharedData.Media is null)
        {
            await Console.Error.WriteLineAsync(SharedData.Missing("media"));
            return 1;
        }

        var outcomes = await new CutAccuracy(cases, seed, only, Console.Error).RunAsync(SharedData.Media, cancel);
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { Machine = MachineFacts.Read(), Seed = seed, Outcomes = outcomes }));
        else Print(outcomes, seed);
        return outcomes.Exists(o => o.Broken.Count > 0) ? 1 : 0;
    }

    private static async Task<int> SpeedAsync(string? only, bool json, CancellationToken cancel)
    {
        using var speed = new CutSpeed(only);
        var figures = await speed.RunAsync(cancel);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { Machine = MachineFacts.Read(), Figures = figures }));
            return 0;
        }

        Console.WriteLine(MachineFacts.Read());
        foreach (var figure in figures)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{figure.What}: {figure.Ours.Wall * 1000:0} ms and {figure.Ours.Cpu:0.00} CPU s beside {figure.Theirs.Wall * 1000:0} ms and {figure.Theirs.Cpu:0.00} CPU s of ffmpeg: {figure.Ours.Wall / figure.Theirs.Wall:0.00} x wall, {figure.Ours.Cpu / figure.Theirs.Cpu:0.000} x CPU; {figure.Reencoded} of {figure.Frames} frames encoded again"));
        return 0;
    }

    private static void Print(List<CutOutcome> outcomes, int seed)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{MachineFacts.Read()}; seed {seed}; {outcomes.Count} cuts of {outcomes.DistinctBy(o => o.File).Count()} files"));
        foreach (var asked in outcomes.GroupBy(o => o.Asked))
        {
            var judged = asked.Where(o => o.Skipped is null).ToList();
            Console.WriteLine($"{asked.Key}: {judged.Count} judged, {judged.Count(o => o.Broken.Count == 0)} sound, {asked.Count() - judged.Count} not judged");
            foreach (var rule in judged.SelectMany(o => o.Broken).GroupBy(b => b.Split(':')[0]).OrderByDescending(g => g.Count())) Console.WriteLine($"    {rule.Count(),4}  breaks {rule.Key}");
            foreach (var mode in judged.GroupBy(o => o.Fallback is null ? o.Mode : $"{o.Mode}, {o.Fallback.Split(':')[0]}").OrderByDescending(g => g.Count())) Console.WriteLine($"    {mode.Count(),4}  {mode.Key}");
            foreach (var skip in asked.Where(o => o.Skipped is not null).GroupBy(o => o.Skipped!.Split(':')[0]).OrderByDescending(g => g.Count())) Console.WriteLine($"    {skip.Count(),4}  not judged: {skip.Key}");
        }
    }
}
