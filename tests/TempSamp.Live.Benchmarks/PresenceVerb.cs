using System.CommandLine;
using TempSamp.Live.Grounding;
using TempSamp.Live.Testing;
using TempSamp.Live.Trainer;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>presence [--json]</c>: how well a model's presence ranks and is calibrated on held-out painted broadcasts, against the mean log-probability of the
/// answer's tokens; what the posterior's span and confidence are worth; and what both cost.
/// </summary>
public static class PresenceVerb
{
    private const int Seconds = 40;
    private const int Queries = 8;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "Model folder.", DefaultValueFactory = _ => "models/tempsamp-mini" };
        var clips = new Option<int>("--clips") { Description = "Held-out broadcasts of 40 s.", DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("presence", "Measures presence, posterior and calibration on held-out windows.") { model, clips, json };
        command.SetAction(async (parse, cancel) =>
        {
            var figures = await MeasureAsync(parse.GetValue(model)!, parse.GetValue(clips), cancel);
            Console.WriteLine(parse.GetValue(json) ? Figures.ToJson(figures) : figures.ToString());
        });
        return command;
    }

    private static async Task<PresenceFigures> MeasureAsync(string directory, int clips, CancellationToken cancel)
    {
        using var model = GroundingModel.Load(new() { ModelDirectory = directory, PosteriorFrom = 0 });
        using var gpu = new GpuThread();
        var source = ClipSource.Open("render:mixed", model.Profile, 1, Seconds, Console.Error.WriteLine);
        var windows = new List<LabelledWindow>();
        await foreach (var window in new LabelledWindows(model, gpu).JudgeAsync(Enumerable.Range(0, clips).Select(source.HeldOut), Queries, seed: 7, cancel)) windows.Add(window);
        return PresenceFigures.Of(windows, PresenceCost.Measure(directory, [.. Enumerable.Range(clips, 4).Select(source.HeldOut)]));
    }
}
