using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Where a policy run reads and writes.</summary>
/// <param name="Model">Folder of the model to begin from.</param>
/// <param name="Data">What to learn from.</param>
/// <param name="Output">Folder of the run: checkpoints, <c>metrics.jsonl</c>, <c>tensorboard</c>, and the trained model when it is done.</param>
/// <param name="Clips">Clips to learn from.</param>
/// <param name="HeldOutClips">Clips to validate on.</param>
/// <param name="ValidationWindows">Windows that a validation asks.</param>
/// <param name="CheckpointEvery">Steps between checkpoints.</param>
/// <param name="ValidateEvery">Steps between validations; 0 validates at the end only.</param>
/// <param name="Keep">Checkpoints kept.</param>
/// <param name="Exact">Compute in float32 instead of bfloat16.</param>
/// <param name="Threads">CPU threads.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</param>
public sealed record PolicyRunOptions(
    string Model, DataOptions Data, string Output, int Clips = 500, int HeldOutClips = 60, int ValidationWindows = 64,
    int CheckpointEvery = 50, int ValidateEvery = 0, int Keep = 2, bool Exact = false, int Threads = 0, string Device = "cpu");

/// <summary>A run of <see cref="PolicyTraining"/> from a model folder to a model folder, going on from the last checkpoint where there is one.</summary>
public sealed class PolicyRun(PolicyRunOptions run, PolicyOptions options, Action<string> report)
{
    /// <summary>Seed of the validation's windows: the same questions at each one.</summary>
    private const int ValidationSeed = 7;

    /// <summary>Features that are kept from run to run; null for none.</summary>
    public FeatureCache? Cache { get; init; }

    private ScalarType Type => run.Exact ? ScalarType.Float32 : ScalarType.BFloat16;

    private int Threads => run.Threads > 0 ? run.Threads : Environment.ProcessorCount;

    /// <summary>Trains and returns the held-out scores.</summary>
    /// <param name="cancel">Stops between steps, after a checkpoint.</param>
    public WindowScores Run(CancellationToken cancel)
    {
        TorchRuntime.Ensure();
        set_num_threads(Threads);
        var device = OpenDevice();
        MiniModel.CopyText(run.Model, run.Output);
        ModelTokens.Check(run.Output);
        var (tokenizer, profile) = (ChatTokenizer.Load(run.Output), GroundingProfile.Load(run.Output));
        using var opened = OpenedPolicy.Load(run.Model, options, Type, device);
        var policy = opened.Policy;
        var (model, adapter) = (policy.Model, policy.Adapter);
        using var training = new PolicyTraining(policy, tokenizer, profile, options, Type);

        var checkpoints = new TrainingCheckpoints(run.Output, run.Keep);
        var place = checkpoints.Resume(policy.Parameters, training.Optimizer, Digest()) ?? new(0, Digest(), null);
        if (place.Step > 0) report($"goes on after step {place.Step}");
        var cutter = ClipPatches.Of(run.Output, profile);
        var clips = ClipSource.Open(run.Data, profile, report, Path.Combine(run.Output, "bad-rows.log"));
        FeatureBank Encode(Func<int, TrainingClip> clipOf, int count, int? most) =>
            FeatureBank.Encode(model.Vision, clipOf, Math.Min(count, most ?? int.MaxValue), cutter, Threads, report, cancel, Cache, options.TuneTower);
        using var bank = Encode(clips.Train, run.Clips, clips.TrainCount);
        using var heldOut = Encode(clips.HeldOut, run.HeldOutClips, clips.HeldOutCount);
        WindowScores Validate() => Score(model, tokenizer, profile, heldOut);

        using (var metrics = new MetricsLog(run.Output, place.Step))
        {
            var progress = new PolicyProgress(options.Steps, place.Step, report);
            for (var step = place.Step; step < options.Steps; step++)
            {
                var taken = training.Step(bank, step);
                if (run.ValidateEvery > 0 && (step + 1) % run.ValidateEvery == 0)
                {
                    var found = Validate();
                    taken = taken with { Validation = found };
                    report($"step {step + 1}: {found}");
                    if (place.BestScore is not { } best || found.MeanIoU > best)
                    {
                        place = place with { BestScore = found.MeanIoU };
                        Save(model, adapter, Path.Combine(run.Output, "best"));
                    }
                }
                metrics.Write(taken);
                progress.Show(taken);
                var isStopped = cancel.IsCancellationRequested;
                if (isStopped || (step + 1) % run.CheckpointEvery == 0 || step + 1 == options.Steps)
                    checkpoints.Save(place = place with { Step = step + 1 }, policy.Parameters, training.Optimizer);
                if (isStopped) throw new OperationCanceledException(cancel);
            }
        }
        Save(model, adapter, run.Output);
        var final = Validate();
        report(string.Create(CultureInfo.InvariantCulture, $"held-out: {final}"));
        if (options.Phases.Any(p => p.Thinking)) report($"held-out, reasoning first: {ScoreThinking(model, tokenizer, profile, heldOut)}");
        return final;
    }

    private Device OpenDevice()
    {
        if (run.Device != "cpu" && !cuda.is_available()) throw new TrainerException($"--device is {run.Device}, but libtorch sees no GPU here: build with TorchBackend=cuda and look at its driver, or leave --device out.");
        return torch.device(run.Device);
    }

    // The forced template asks all digits of a batch at once; answers of other forms are decoded freely.
    private WindowScores Score(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, FeatureBank heldOut) =>
        options.WindowSeconds > 0 && options.Task == PolicyTask.Moment && profile.AnswerFormat == HeldOutScore.Form
            ? new HeldOutScore(model, tokenizer, new QuestionPacker(tokenizer, profile, model.Config), heldOut).Measure(run.ValidationWindows, options.WindowSeconds, ValidationSeed)
            : new FreeScore(model, tokenizer, profile, heldOut, options, Type).Measure(run.ValidationWindows, ValidationSeed);

    private string ScoreThinking(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, FeatureBank heldOut)
    {
        var found = new FreeAnswers(model, tokenizer, profile, heldOut, options, Type).Measure(run.ValidationWindows, thinking: true, ValidationSeed);
        return string.Create(CultureInfo.InvariantCulture,
            $"R1@0.3 {found.ShareAt(0.3):P1} R1@0.5 {found.ShareAt(0.5):P1} R1@0.7 {found.ShareAt(0.7):P1} mIoU {found.Rewards.Average():0.000} ({found.Rewards.Count} questions), {found.Unparsed:P1} unparsed, {found.MeanTokens:0.0} tokens an answer");
    }

    // The model with the adapter merged in, and the adapter alone beside it.
    private void Save(QwenModel model, LoraAdapter? adapter, string directory)
    {
        MiniModel.CopyText(run.Output, directory);
        model.Save(directory, ScalarType.BFloat16);
        adapter?.Save(Path.Combine(directory, "adapter"), options.Lora!, Path.GetFullPath(run.Model));
    }

    // What decides the steps; how often they are looked at or saved may change.
    private string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(options) + JsonSerializer.Serialize(run with { CheckpointEvery = 0, ValidateEvery = 0, Keep = 0, Output = "", Threads = 0 }))));
}
