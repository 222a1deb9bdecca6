using System.CommandLine;
using System.Globalization;
using TempSamp.Live.Grounding;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train calibrate</c>: measures what a model's presence and confidence are worth, and writes <c>calibration.json</c> beside its weights.</summary>
public static class CalibrateCommand
{
    private const int Queries = 8;
    private const int Portion = 40;

    // Held-out clips before this one are the benchmarks' to score on.
    private const int FirstClip = 100_000;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The model's folder; calibration.json is written into it.", Required = true };
        var data = new Option<string>("--data") { Description = "render:DOMAIN (sports, shop or mixed), broadcasts painted on the way; or an annotations.jsonl with its videos beside it.", Required = true };
        var clips = new Option<int>("--clips") { Description = "Clips to play.", DefaultValueFactory = _ => 80 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a painted clip.", DefaultValueFactory = _ => 40 };
        var seed = new Option<int>("--seed") { Description = "Seed of the choice of queries.", DefaultValueFactory = _ => 1 };
        var command = new Command("calibrate", "Measures what a model's presence and confidence are worth on labelled video it was not trained on.") { model, data, clips, seconds, seed };
        command.SetAction((parse, cancel) => RunAsync(
            parse.GetValue(model)!, parse.GetValue(data)!, parse.GetValue(clips), parse.GetValue(seconds), parse.GetValue(seed), parse.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task<int> RunAsync(string directory, string data, int count, int seconds, int seed, TextWriter output, CancellationToken cancel)
    {
        using var model = GroundingModel.Load(new GroundingOptions { ModelDirectory = directory, UseCalibration = false, PosteriorFrom = 0 });
        using var gpu = new GpuThread();
        var source = ClipSource.Open(data, model.Profile, seed, seconds, Console.Error.WriteLine);
        var clips = Enumerable.Range(0, source.HeldOutCount is { } most ? Math.Min(count, most) : count).Select(n => source.HeldOut(FirstClip + n));
        var windows = new List<LabelledWindow>();
        await foreach (var window in new LabelledWindows(model, gpu).JudgeAsync(clips, Queries, seed, cancel)) windows.Add(window);

        var calibration = Fit(windows, model.Identity.Revision, string.Create(CultureInfo.InvariantCulture, $"{windows.Count} windows of {data}, {windows.Count(w => w.IsPresent)} with the event, seed {seed}"));
        calibration.Save(directory);
        var before = windows.Select(w => (w.Verdict.Presence, w.IsPresent)).ToArray();
        var after = windows.Select(w => (calibration.OfPresence(w.Verdict.Presence), w.IsPresent)).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Path.Combine(directory, ModelCalibration.FileName)}: {calibration.Fitted}; presence AUROC {Reliability.Auroc(before):0.000}, expected calibration error {Reliability.CalibrationError(before):0.000} before and {Reliability.CalibrationError(after):0.000} after, on these windows"));
        return 0;
    }

    /// <summary>Fits both curves.</summary>
    /// <exception cref="TrainerException">The windows are too few, or of one kind.</exception>
    internal static ModelCalibration Fit(IReadOnlyList<LabelledWindow> windows, string revision, string fitted)
    {
        var present = windows.Where(w => w.IsPresent && w.Verdict.HasPosterior).ToArray();
        if (present.Length < 2 * Portion || windows.Count - present.Length < 2 * Portion)
            throw new TrainerException($"{windows.Count} windows, {present.Length} of them with the event asked for, are too few to calibrate on: {2 * Portion} of each kind are needed. Give more clips.");
        return new(
            revision,
            CalibrationCurve.Fit(windows.Select(w => (ModelCalibration.LogOdds(w.Verdict.Presence), w.IsPresent ? 1.0 : 0)), Portion),
            CalibrationCurve.Fit(present.Select(w => (w.Verdict.Confidence, w.IoU)), Portion),
            fitted);
    }
}
