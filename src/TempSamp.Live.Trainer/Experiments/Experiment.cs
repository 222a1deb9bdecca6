using System.Globalization;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Runs a plan: every seed's clips are encoded once and all ways learn from them, one after the other. Finished runs are not run again.</summary>
/// <param name="plan">What to compare.</param>
/// <param name="output">Folder of <c>results.jsonl</c> and of every run's <c>metrics.jsonl</c>.</param>
/// <param name="report">Takes progress lines.</param>
public sealed class Experiment(ExperimentPlan plan, string output, Action<string> report)
{
    /// <summary>Row of the model that every run begins from, scored without training.</summary>
    public const string Start = "start";

    private const int TestSeed = 7;
    private const int TestWindowsAtOnce = 8, TestQuestions = 3;

    private List<ExperimentResult> _results = [];

    /// <summary>File of the results.</summary>
    public string ResultsPath => Path.Combine(output, "results.jsonl");

    /// <summary>Runs what is missing and returns all results.</summary>
    public IReadOnlyList<ExperimentResult> Run(CancellationToken cancel)
    {
        TorchRuntime.Ensure();
        set_num_threads(Threads);
        Directory.CreateDirectory(output);
        _results = [.. ExperimentResult.Read(ResultsPath)];
        File.WriteAllLines(ResultsPath, _results.Select(r => r.ToJson()));      // without a line that a crash has cut
        var profile = GroundingProfile.Load(plan.Model);
        using var frozen = QwenModel.Load(plan.Model, ScalarType.Float32);
        FeatureBank Encode(string data, int seed, int count, Func<IClipSource, Func<int, TrainingClip>> side, LabelNoise noise, bool learning)
        {
            var clipOf = side(ClipSource.Open(data, profile, seed, plan.ClipSeconds, report));
            return FeatureBank.Encode(frozen.Vision, n => noise.On(clipOf(n), seed * 1_000_003 + n), count, ClipPatches.Of(plan.Model, profile), Threads, report, cancel, learning: learning);
        }

        // Where a tower learns in any of the ways, what it saw is kept as patches: its features change.
        var learning = plan.Arms.Any(a => plan.OptionsOf(a, plan.Seeds[0]).TuneTower);
        using var heldOut = Encode(plan.TestData ?? plan.Data, plan.Seeds[0], plan.TestClips, source => source.HeldOut, default, learning);
        Finish(new(Start), plan.Seeds[0], () => Score(null, heldOut, profile, plan.Seeds[0], cancel));
        foreach (var seed in plan.Seeds)
        {
            foreach (var arms in plan.Arms.GroupBy(a => new LabelNoise(a.Outliers ?? plan.Outliers, plan.BoundaryNoise)))
            {
                var left = arms.Where(a => !IsDone(a.Name, seed)).ToList();
                if (left.Count == 0) continue;
                using var bank = Encode(plan.Data, seed, left.Max(ClipsOf), source => source.Train, arms.Key, learning);
                foreach (var arm in left)
                {
                    using var clips = bank.First(ClipsOf(arm));
                    Finish(arm, seed, () => Score((arm, clips), heldOut, profile, seed, cancel));
                }
            }
        }
        return _results;
    }

    private int Threads => plan.Threads > 0 ? plan.Threads : Environment.ProcessorCount;

    private int ClipsOf(ExperimentArm arm) => arm.Clips ?? plan.Clips;

    private bool IsDone(string arm, int seed) => _results.Any(r => r.Arm == arm && r.Seed == seed);

    private void Finish(ExperimentArm arm, int seed, Func<ExperimentResult> run)
    {
        if (IsDone(arm.Name, seed)) return;
        var result = run();
        _results.Add(result);
        File.AppendAllText(ResultsPath, result.ToJson() + "\n");
        report(string.Create(CultureInfo.InvariantCulture,
            $"{arm.Name}, seed {seed}: mIoU {result.MeanIoU():0.000} R1@0.3 {result.RecallAt(0.3):P1} R1@0.5 {result.RecallAt(0.5):P1} R1@0.7 {result.RecallAt(0.7):P1} unparsed {result.Unparsed:P1}"));
    }

    private ExperimentResult Score((ExperimentArm Arm, FeatureBank Clips)? run, FeatureBank heldOut, GroundingProfile profile, int seed, CancellationToken cancel)
    {
        var options = run is { } r ? plan.OptionsOf(r.Arm, seed) : plan.OptionsOf(new(Start), seed);
        using var opened = OpenedPolicy.Load(plan.Model, options, ScalarType.BFloat16, CPU);
        var (model, tokenizer) = (opened.Policy.Model, ChatTokenizer.Load(plan.Model));
        var before = Environment.CpuUsage.TotalTime;
        var steps = run is { } training ? Train(opened.Policy, tokenizer, profile, options, training.Clips, Path.Combine(output, $"{training.Arm.Name}-{seed}".Replace(' ', '-')), cancel) : [];
        var spent = Environment.CpuUsage.TotalTime - before;
        var thinking = run?.Arm.ThinkingTest ?? false;
        var asked = options with { Windows = TestWindowsAtOnce, Questions = TestQuestions, WindowSeconds = plan.TestSeconds, LowerCase = false };
        using var shown = heldOut.SeenBy(model.Vision);
        var found = new FreeAnswers(model, tokenizer, profile, shown, asked, ScalarType.BFloat16).Measure(plan.TestWindows, thinking, TestSeed);
        var tenth = steps.TakeLast(Math.Max(1, steps.Count / 10)).ToList();
        return new()
        {
            Arm = run?.Arm.Name ?? Start, Seed = seed, IoUs = [.. found.Rewards.Select(iou => Math.Round(iou, 4))], Unparsed = found.Unparsed, MeanTokens = found.MeanTokens, SecondsPerWindow = found.SecondsPerWindow,
            DeadGroups = steps.Average(s => s.DeadGroups), Skewness = steps.Average(s => s.AdvantageSkewness), LastEntropy = tenth.Count == 0 ? null : tenth.Average(s => s.Entropy), TrainingSeconds = spent.TotalSeconds,
        };
    }

    private List<StepReport> Train(TrainedPolicy policy, ChatTokenizer tokenizer, GroundingProfile profile, PolicyOptions options, FeatureBank clips, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        using var seen = clips.SeenBy(policy.Model.Vision);
        using var training = new PolicyTraining(policy, tokenizer, profile, options, ScalarType.BFloat16);
        using var metrics = new MetricsLog(folder, 0);
        var progress = new PolicyProgress(options.Steps, 0, line => report($"{Path.GetFileName(folder)}: {line}"));
        var steps = new List<StepReport>();
        for (var step = 0; step < options.Steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            steps.Add(training.Step(seen, step));
            metrics.Write(steps[^1]);
            progress.Show(steps[^1]);
        }
        return steps;
    }
}
