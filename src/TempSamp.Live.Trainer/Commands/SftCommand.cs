using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Trainer;

/// <summary>
/// <c>tempsamp-train sft</c>: supervised training from labelled videos, as a curriculum for a small model; or with <c>--phases</c> in the loop of <c>grpo</c> and
/// <c>tempsamp</c>, the annotation alone in each group, to be compared with them at equal steps.
/// </summary>
public static class SftCommand
{
    private const int Clips = 4000, HeldOutClips = 120, Presences = 2;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("sft", "Trains a model by supervision: vision tower on frame pairs, then the decoder on growing windows; or with --phases in the loop of grpo and tempsamp.");
        Option<T> Flag<T>(string name, string description, T value)
        {
            var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
            command.Options.Add(option);
            return option;
        }

        var usual = new DecoderStageOptions([]);
        var shared = new PolicyFlags(phases: "");
        shared.AddTo(command, PolicyMethod.Sft);
        var towerSteps = Flag("--tower-steps", "Steps of the tower's stage; 0 keeps the tower.", 1500);
        var towerBatch = Flag("--tower-batch", "Frame pairs a step of the tower's stage.", new TowerStageOptions(0).Batch);
        var towerPeak = Flag("--tower-lr", "Peak learning rate of the tower's stage.", new TowerStageOptions(0).Peak);
        var legs = Flag("--legs", "Curriculum of the decoder: WINDOWxBATCHxSTEPS,... where WINDOW is seconds or a range such as 8-16; none leaves the decoder as it is.", "8x16x400,16x8x4000");
        var spans = Flag("--spans", "Span questions a window.", 3);
        var digits = Flag("--loss-digits", "Weights of an answer's digits, first to last.", string.Join(',', LossWeights.Default.Digits.Select(d => d.ToString(CultureInfo.InvariantCulture))));
        var template = Flag("--loss-template", "Weight of the mean over the template's tokens.", LossWeights.Default.Template);
        var presence = Flag("--loss-presence", "Weight of the mean over yes and no.", LossWeights.Default.Presence);
        var auxiliary = Flag("--auxiliary", "Weight of the auxiliary heads' loss.", usual.Auxiliary);
        var guidance = Flag("--guidance", "Weight of the guided attention's loss.", usual.Guidance);
        var guidedLayer = Flag("--guided-layer", "Layer whose attention is guided; the auxiliary heads read the one below.", usual.GuidedLayer);
        var guidedHeads = Flag("--guided-heads", "Heads that are guided.", usual.GuidedHeads);
        var saveEvery = Flag("--save-every", "Steps of the decoder between saves, each of which is scored.", new SupervisedOptions(0, 0, 0, null, usual).SaveEvery);

        command.SetAction((parse, cancel) =>
        {
            if (shared.HasPhases(parse)) return PolicyCommand.RunAsync(shared, parse, PolicyMethod.Sft, cancel);
            var (steps, places) = (parse.GetValue(towerSteps), shared.Places(parse));
            var options = new SupervisedOptions(shared.ClipsOr(parse, Clips), shared.HeldOutOr(parse, HeldOutClips), shared.Threads(parse),
                steps > 0 ? new TowerStageOptions(steps, parse.GetValue(towerBatch), parse.GetValue(towerPeak)) : null,
                new DecoderStageOptions(
                    ParseLegs(parse.GetValue(legs)!), shared.RateOr(parse, usual.Peak), parse.GetValue(spans), shared.PresencesOr(parse, Presences), parse.GetValue(auxiliary), parse.GetValue(guidance),
                    parse.GetValue(guidedLayer), parse.GetValue(guidedHeads), places.Data.Seed, shared.WarmUpOr(parse, usual.WarmUp), shared.DecayOr(parse, usual.WeightDecay), shared.ClipNorm(parse))
                {
                    Loss = new(Digits(parse.GetValue(digits)!), parse.GetValue(template), parse.GetValue(presence)),
                },
                parse.GetValue(saveEvery));
            var run = new Run(places.Model, places.Data, shared.Cache(parse), places.Output, options);
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
        var checkpoints = new TrainingCheckpoints(run.Directory, keep: 1);
        if (!checkpoints.Exist && run.Model == MiniModel.Name) MiniModel.Prepare(run.Directory);
        else if (!checkpoints.Exist) MiniModel.CopyText(run.Model, run.Directory);
        ModelTokens.Check(run.Directory);
        using var net = checkpoints.Exist ? QwenModel.Load(run.Directory, torch.ScalarType.Float32)
            : run.Model == MiniModel.Name ? QwenModel.Create(QwenConfig.Load(run.Directory), run.Data.Seed) : QwenModel.Load(run.Model, torch.ScalarType.Float32);
        var profile = GroundingProfile.Load(run.Directory);
        if (profile.AnswerFormat != HeldOutScore.Form)
            throw new TrainerException($"{run.Model} answers in another form than the small models whose curriculum this is. Train it with --phases answer:STEPS.");

        var clock = Stopwatch.StartNew();
        using var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(run.Directory, "training.log"), append: true) { AutoFlush = true });
        void Report(string line)
        {
            var stamped = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} {line}");
            Console.WriteLine(stamped);
            log.WriteLine(stamped);
        }

        var cutter = ClipPatches.Of(run.Directory, profile);
        var clips = ClipSource.Open(run.Data, profile, Report, Path.Combine(run.Directory, "bad-rows.log"));
        var scores = new SupervisedTraining(net, ChatTokenizer.Load(run.Directory), profile, cutter, run.Options, Report) { Cache = run.Cache }
            .Run(clips, checkpoints, Digest(run), () => net.Save(run.Directory, torch.ScalarType.BFloat16), cancel);
        Report($"held-out: {scores}");
        return 0;
    }

    private static string Digest(Run run) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { run.Model, run.Data, Options = run.Options with { Threads = 0, SaveEvery = 0 } }))));

    private static double[] Digits(string text) => [.. text.Split(',').Select(part =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight >= 0 ? weight
            : throw new TrainerException($"--loss-digits '{text}': '{part}' is no weight. Write them as 2,2,0.5,1,1,0.5."))];

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
