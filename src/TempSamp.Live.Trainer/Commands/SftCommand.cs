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
        var model = new Option<string>("--model") { Description = "A model directory to go on from, or 'mini' for a new model of the bundled size.", Required = true };
        var data = new Option<string>("--data") { Description = "render:DOMAIN (sports, shop or mixed), broadcasts painted on the way; or an annotations.jsonl with its videos beside it.", Required = true };
        var output = new Option<DirectoryInfo>("--out") { Description = "Directory of the trained model.", Required = true };
        var clips = new Option<int>("--clips") { Description = "Training clips.", DefaultValueFactory = _ => 4000 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a training clip.", DefaultValueFactory = _ => 40 };
        var towerSteps = new Option<int>("--tower-steps") { Description = "Steps of the tower's stage; 0 keeps the tower.", DefaultValueFactory = _ => 1500 };
        var legs = new Option<string>("--legs") { Description = "Curriculum of the decoder: WINDOWxBATCHxSTEPS,...; none leaves the decoder as it is.", DefaultValueFactory = _ => "8x24x400,12x16x800,24x8x3000" };
        var spans = new Option<int>("--spans") { Description = "Span questions a window.", DefaultValueFactory = _ => 3 };
        var presences = new Option<int>("--presences") { Description = "Presence questions a window.", DefaultValueFactory = _ => 2 };
        var peak = new Option<double>("--lr") { Description = "Peak learning rate of the decoder.", DefaultValueFactory = _ => 1.5e-3 };
        var seed = new Option<int>("--seed") { Description = "Seed of everything drawn; broadcast seeds follow from it and stay below 1,000,000,000.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "CPU threads.", DefaultValueFactory = _ => Environment.ProcessorCount };

        var command = new Command("sft", "Trains a model by supervision: vision tower on frame pairs, then the decoder on growing windows.")
        {
            model, data, output, clips, seconds, towerSteps, legs, spans, presences, peak, seed, threads,
        };
        command.SetAction(parse =>
        {
            TorchRuntime.Ensure();
            torch.set_num_threads(parse.GetValue(threads));
            torch.random.manual_seed(parse.GetValue(seed));
            var directory = parse.GetValue(output)!.FullName;
            var start = parse.GetValue(model)!;
            if (start == "mini") MiniModel.Prepare(directory);
            using var net = start == "mini" ? QwenModel.Create(QwenConfig.Load(directory), parse.GetValue(seed)) : QwenModel.Load(start, torch.ScalarType.Float32);
            if (start != "mini") MiniModel.CopyText(start, directory);
            var profile = GroundingProfile.Load(directory);
            var clock = Stopwatch.StartNew();
            using var log = new StreamWriter(Path.Combine(directory, "training.log"), append: true) { AutoFlush = true };
            void Report(string line)
            {
                var stamped = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} {line}");
                lock (log)
                {
                    Console.WriteLine(stamped);
                    log.WriteLine(stamped);
                }
            }

            var steps = parse.GetValue(towerSteps);
            var options = new SupervisedOptions(parse.GetValue(clips), HeldOutClips: 120, parse.GetValue(threads),
                steps > 0 ? new TowerStageOptions(steps) : null,
                new DecoderStageOptions(ParseLegs(parse.GetValue(legs)!), parse.GetValue(peak), parse.GetValue(spans), parse.GetValue(presences), Seed: parse.GetValue(seed)));
            var scores = new SupervisedTraining(net, ChatTokenizer.Load(directory), profile, options, Report).Run(
                ClipSource.Open(parse.GetValue(data)!, profile, parse.GetValue(seed), parse.GetValue(seconds), Report),
                () => net.Save(directory, torch.ScalarType.BFloat16));
            Report($"held-out: {scores}");
            return 0;
        });
        return command;
    }

    private static List<Leg> ParseLegs(string text)
    {
        var legs = new List<Leg>();
        if (text == "none") return legs;
        foreach (var leg in text.Split(','))
        {
            var parts = leg.Split('x').Select(p => int.TryParse(p, CultureInfo.InvariantCulture, out var v) && v > 0 ? v : 0).ToArray();
            if (parts.Length != 3 || parts.Contains(0)) throw new TrainerException($"--legs '{leg}' is not WINDOWxBATCHxSTEPS, such as 24x8x3000.");
            legs.Add(new(parts[0], parts[1], parts[2]));
        }
        return legs;
    }
}
