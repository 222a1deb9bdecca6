using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train sft</c>: supervised training from labelled broadcasts.</summary>
public static class SftCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "A model directory to go on from, or 'mini' for a new one of the bundled size.", Required = true };
        var data = new DataFlags();
        var output = new Option<DirectoryInfo>("--out") { Description = "Directory of the trained model.", Required = true };
        var clips = new Option<int>("--clips") { Description = "Training clips.", DefaultValueFactory = _ => 4000 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a training clip.", DefaultValueFactory = _ => 40 };
        var towerSteps = new Option<int>("--tower-steps") { Description = "Steps of the tower's stage; 0 keeps the tower.", DefaultValueFactory = _ => 1500 };
        var legs = new Option<string>("--legs") { Description = "Curriculum of the decoder: WINDOWxBATCHxSTEPS,... where WINDOW is seconds or a range such as 8-16; none leaves the decoder as it is.", DefaultValueFactory = _ => "8x16x400,16x8x4000" };
        var spans = new Option<int>("--spans") { Description = "Span questions a window.", DefaultValueFactory = _ => 3 };
        var presences = new Option<int>("--presences") { Description = "Presence questions a window.", DefaultValueFactory = _ => 2 };
        var peak = new Option<double>("--lr") { Description = "Peak learning rate of the decoder.", DefaultValueFactory = _ => 1.5e-3 };
        var seed = new Option<int>("--seed") { Description = "Seed of everything drawn; broadcast seeds follow from it and stay below 1,000,000,000.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "CPU threads.", DefaultValueFactory = _ => Environment.ProcessorCount };

        var command = new Command("sft", "Trains a model by supervision: vision tower on frame pairs, then the decoder on growing windows.")
        {
            model, output, clips, seconds, towerSteps, legs, spans, presences, peak, seed, threads,
        };
        data.AddTo(command);
        command.SetAction((parse, cancel) =>
        {
            var steps = parse.GetValue(towerSteps);
            var (width, draw) = (parse.GetValue(threads), parse.GetValue(seed));
            var options = new SupervisedOptions(parse.GetValue(clips), HeldOutClips: 120, width, steps > 0 ? new TowerStageOptions(steps) : null,
                new DecoderStageOptions(ParseLegs(parse.GetValue(legs)!), parse.GetValue(peak), parse.GetValue(spans), parse.GetValue(presences), Seed: draw));
            var run = new Run(parse.GetValue(model)!, data.Of(parse, draw, parse.GetValue(seconds)), data.CacheOf(parse), parse.GetValue(output)!.FullName, options);
            return Task.Run(() => Train(run, cancel), CancellationToken.None); // off this thread, so that Ctrl-C is heard
        });
        return command;
    }

    private sealed record Run(string Model, DataOptions Data, FeatureCache? Cache, string Directory, SupervisedOptions Options);

    private static int Train(Run run, CancellationToken cancel)
    {
        TorchRuntime.Ensure();
        torch.set_num_threads(run.Options.Threads);
        torch.random.manual_seed(run.Data.Seed);
        if (run.Model == MiniModel.Name) MiniModel.Prepare(run.Directory);
        else MiniModel.CopyText(run.Model, run.Directory);
        using var net = run.Model == MiniModel.Name ? QwenModel.Create(QwenConfig.Load(run.Directory), run.Data.Seed) : QwenModel.Load(run.Model, torch.ScalarType.Float32);
        var profile = GroundingProfile.Load(run.Directory);

        var clock = Stopwatch.StartNew();
        using var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(run.Directory, "training.log"), append: true) { AutoFlush = true });
        void Report(string line)
        {
            var stamped = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} {line}");
            Console.WriteLine(stamped);
            log.WriteLine(stamped);
        }

        var preprocessor = PreprocessorConfig.Load(run.Directory);
        var cutter = new ClipPatches(new FrameProcessor(preprocessor), new FrameSize(profile.FrameHeight, profile.FrameWidth), preprocessor.PatchSize);
        var clips = ClipSource.Open(run.Data, profile, Report, Path.Combine(run.Directory, "bad-rows.log"));
        var scores = new SupervisedTraining(net, ChatTokenizer.Load(run.Directory), profile, cutter, run.Options, Report) { Cache = run.Cache }
            .Run(clips, () => net.Save(run.Directory, torch.ScalarType.BFloat16), cancel);
        Report($"held-out: {scores}");
        return 0;
    }

    private static List<Leg> ParseLegs(string text)
    {
        var legs = new List<Leg>();
        if (text == "none") return legs;
        foreach (var leg in text.Split(','))
        {
            var parts = leg.Split('x');
            var window = parts[0].Split('-');
            var numbers = window.Concat(parts[1..]).Select(p => int.TryParse(p, CultureInfo.InvariantCulture, out var v) && v > 0 ? v : 0).ToArray();
            if (parts.Length != 3 || window.Length > 2 || numbers.Contains(0) || numbers[0] > numbers[window.Length - 1])
                throw new TrainerException($"--legs '{leg}' is not WINDOWxBATCHxSTEPS, such as 16x8x3000 or 8-16x8x3000.");
            legs.Add(new(numbers[0], numbers[window.Length - 1], numbers[^2], numbers[^1]));
        }
        return legs;
    }
}
