using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Core;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>moments --data DIR [--json]</c>: rendered broadcasts through decoding, engine and tracker as fast as they go: how many of their events become moments, and how many
/// moments are none, at several thresholds.
/// </summary>
public static class MomentsVerb
{
    private static readonly double[] Thresholds = [0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder that tempsamp-train render wrote.", Required = true };
        var model = new Option<string>("--model") { Description = "Model folder.", DefaultValueFactory = _ => "models/tempsamp-mini" };
        var heldOut = new Option<bool>("--held-out") { Description = "Ask by the sentences that no training saw." };
        var phases = new Option<int>("--phases") { Description = "Windows that grow side by side; 0 for the model's own.", DefaultValueFactory = _ => 0 };
        var verdicts = new Option<string?>("--verdicts") { Description = "Folder to keep every verdict in, one file a broadcast and language." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("moments", "Measures how many events of rendered broadcasts become moments, and how many moments are none.") { data, model, heldOut, phases, verdicts, json };
        command.SetAction(async (parse, cancel) =>
        {
            var figures = await MeasureAsync(parse.GetValue(data)!, new() { ModelDirectory = parse.GetValue(model)!, Phases = parse.GetValue(phases) }, parse.GetValue(heldOut), parse.GetValue(verdicts), cancel);
            if (parse.GetValue(json)) Console.WriteLine(Figures.ToJson(new { Machine = MachineFacts.Read(), Moments = figures }));
            else foreach (var line in figures) Console.WriteLine(line);
        });
        return command;
    }

    private static async Task<List<MomentsFigures>> MeasureAsync(string folder, GroundingOptions options, bool isHeldOut, string? verdicts, CancellationToken cancel)
    {
        using var model = GroundingModel.Load(options);
        using var gpu = new GpuThread();
        var finder = new MomentFinder(model, gpu, NullLogger<MomentFinder>.Instance, time: new StillTime());
        var figures = new List<MomentsFigures>();
        foreach (var language in new[] { "en", "zh" })
        {
            var played = new List<(BroadcastTruth, IReadOnlyList<IReadOnlyList<WindowVerdict>>)>();
            foreach (var truth in BroadcastTruth.ReadAll(folder))
            {
                Console.Error.WriteLine($"{truth.Video}, {language}");
                var hops = await PlayAsync(finder, truth, BroadcastTruth.Questions(language, isHeldOut), cancel);
                if (verdicts is not null) Keep(hops, Path.Combine(verdicts, $"{Path.GetFileNameWithoutExtension(truth.Video)}-{language}.jsonl"));
                played.Add((truth, hops));
            }
            foreach (var threshold in Thresholds)
            {
                figures.Add(MomentsFigures.Of(isHeldOut ? $"{language}, held-out sentences" : language, threshold, played));
                Console.Error.WriteLine(figures[^1]);
            }
        }
        return figures;
    }

    // The verdicts of each hop.
    private static async Task<IReadOnlyList<IReadOnlyList<WindowVerdict>>> PlayAsync(MomentFinder finder, BroadcastTruth truth, IReadOnlyList<(string Kind, string Text)> questions, CancellationToken cancel)
    {
        var plan = new StreamPlan("broadcast", truth.Video, [.. questions.Select(q => new HighlightQuery(q.Kind, q.Text, 0.5, ClipPolicy.Default))], finder.Profile, new(TimeSpan.FromSeconds(10), 1 << 20));
        var hops = new List<IReadOnlyList<WindowVerdict>>();
        await using var search = finder.Begin(plan);
        foreach (var frame in FrameReader.ReadFrames(truth.Video, finder.Profile.FrameWidth, finder.Profile.FrameHeight, cancel)) hops.Add(await search.PushAsync(frame, cancel));
        hops.Add(await search.FinishAsync(cancel));
        return hops;
    }

    private static void Keep(IReadOnlyList<IReadOnlyList<WindowVerdict>> hops, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, hops.SelectMany((hop, number) => hop.Select(v => JsonSerializer.Serialize(new
        {
            Hop = number, Query = v.QueryId, From = v.Window.Start.Seconds, To = v.Window.End.Seconds, Start = v.Span?.Start.Seconds, End = v.Span?.End.Seconds, v.Presence, v.RawPresence, v.Confidence, v.HasPosterior, v.Answer,
        }, JsonSerializerOptions.Web))));
    }
}
