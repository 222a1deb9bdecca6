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
/// <param name="Output">Folder of the run: checkpoints, <c>metrics.jsonl</c>, and the trained model when it is done.</param>
/// <param name="Clips">Clips to learn from.</param>
/// <param name="HeldOutClips">Clips to validate on.</param>
/// <param name="ValidationWindows">Windows that a validation asks.</param>
/// <param name="CheckpointEvery">Steps between checkpoints.</param>
/// <param name="ValidateEvery">Steps between validations; 0 validates at the end only.</param>
/// <param name="Keep">Checkpoints kept.</param>
/// <param name="Exact">Compute in float32 instead of bfloat16.</param>
/// <param name="Threads">CPU threads.</param>
public sealed record PolicyRunOptions(
    string Model, DataOptions Data, string Output, int Clips = 500, int HeldOutClips = 60, int ValidationWindows = 64,
    int CheckpointEvery = 50, int ValidateEvery = 0, int Keep = 2, bool Exact = false, int Threads = 0);

/// <summary>A run of <see cref="PolicyTraining"/> from a model folder to a model folder, going on from the last checkpoint where there is one.</summary>
public sealed class PolicyRun(PolicyRunOptions run, PolicyOptions options, Action<string> report)
{
    /// <summary>Features that are kept from run to run; null for none.</summary>
    public FeatureCache? Cache { get; init; }

    /// <summary>Trains and returns the held-out scores.</summary>
    /// <param name="cancel">Stops between steps, after a checkpoint.</param>
    public WindowScores Run(CancellationToken cancel)
    {
        TorchRuntime.Ensure();
        set_num_threads(run.Threads > 0 ? run.Threads : Environment.ProcessorCount);
        MiniModel.CopyText(run.Model, run.Output);
        using var model = QwenModel.Load(run.Model, ScalarType.Float32);
        using var reference = options.Beta > 0 ? QwenModel.Load(run.Model, ScalarType.Float32) : null;
        var (tokenizer, profile) = (ChatTokenizer.Load(run.Output), GroundingProfile.Load(run.Output));
        var parameters = model.Language.named_parameters().Select(p => (Name: $"model.{p.name}", Parameter: p.parameter)).ToList();
        using var training = new PolicyTraining(model, reference, [.. parameters.Select(p => p.Parameter)], tokenizer, profile, options, run.Exact ? ScalarType.Float32 : ScalarType.BFloat16);

        var checkpoints = new TrainingCheckpoints(run.Output, run.Keep);
        var place = checkpoints.Resume(parameters, training.Optimizer, Digest()) ?? new(0, Digest(), null);
        if (place.Step > 0) report($"goes on after step {place.Step}");
        var preprocessor = PreprocessorConfig.Load(run.Output);
        var cutter = new ClipPatches(new FrameProcessor(preprocessor), new FrameSize(profile.FrameHeight, profile.FrameWidth), preprocessor.PatchSize);
        var clips = ClipSource.Open(run.Data, profile, report, Path.Combine(run.Output, "bad-rows.log"));
        using var bank = Encode(model, clips.Train, Math.Min(run.Clips, clips.TrainCount ?? int.MaxValue), cutter, cancel);
        using var heldOut = Encode(model, clips.HeldOut, Math.Min(run.HeldOutClips, clips.HeldOutCount ?? int.MaxValue), cutter, cancel);
        var packer = new QuestionPacker(tokenizer, profile, model.Config);
        var score = new HeldOutScore(model, tokenizer, packer, heldOut);
        WindowScores Validate() => score.Measure(run.ValidationWindows, options.WindowSeconds > 0 ? options.WindowSeconds : profile.WindowSeconds, seed: 7);

        using (var metrics = new MetricsLog(run.Output, place.Step))
        {
            var progress = new PolicyProgress(options.Steps, place.Step, report);
            for (var step = place.Step; step < options.Steps; step++)
            {
                var taken = training.Step(bank, step);
                metrics.Write(taken);
                progress.Show(taken);
                var isStopped = cancel.IsCancellationRequested;
                if (run.ValidateEvery > 0 && (step + 1) % run.ValidateEvery == 0)
                {
                    var found = Validate();
                    report($"step {step + 1}: {found}");
                    if (found.MeanIoU > (place.BestScore ?? 0))
                    {
                        place = place with { BestScore = found.MeanIoU };
                        SaveModel(model, Path.Combine(run.Output, "best"));
                    }
                }
                if (isStopped || (step + 1) % run.CheckpointEvery == 0 || step + 1 == options.Steps)
                    checkpoints.Save(place = place with { Step = step + 1 }, parameters, training.Optimizer);
                if (isStopped) throw new OperationCanceledException(cancel);
            }
        }
        SaveModel(model, run.Output);
        var final = Validate();
        report(string.Create(CultureInfo.InvariantCulture, $"held-out: {final}"));
        return final;
    }

    private FeatureBank Encode(QwenModel model, Func<int, TrainingClip> clipOf, int count, ClipPatches cutter, CancellationToken cancel) =>
        FeatureBank.Encode(model.Vision, clipOf, count, cutter, run.Threads > 0 ? run.Threads : Environment.ProcessorCount, report, cancel, Cache);

    private void SaveModel(QwenModel model, string directory)
    {
        MiniModel.CopyText(run.Output, directory);
        model.Save(directory, ScalarType.BFloat16);
    }

    // What decides the steps; how often they are looked at or saved may change.
    private string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(options) + JsonSerializer.Serialize(run with { CheckpointEvery = 0, ValidateEvery = 0, Keep = 0, Output = "", Threads = 0 }))));
}

/// <summary>The progress line of a run.</summary>
public sealed class PolicyProgress(int steps, int from, Action<string> report)
{
    private const int Every = 10;
    private double _seconds;
    private int _tokens;

    /// <summary>Takes a step; shows a line now and then.</summary>
    public void Show(StepReport step)
    {
        (_seconds, _tokens) = (_seconds + step.Seconds, _tokens + step.Tokens);
        if (step.Step % Every != 0 && step.Step != steps) return;
        var left = TimeSpan.FromSeconds(_seconds / (step.Step - from) * (steps - step.Step));
        report(string.Create(CultureInfo.InvariantCulture,
            $"step {step.Step}/{steps} loss {step.Loss:0.000} reward {step.Reward:0.000} IoU {step.IoU:0.000} unparsed {step.Unparsed:P0} skew {step.AdvantageSkewness:0.00} dead {step.DeadGroups:P0} entropy {step.Entropy:0.000} {_tokens / _seconds:0} tokens/s, {left:h\\:mm\\:ss} left"));
    }
}
