using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>What a supervised run does.</summary>
/// <param name="Clips">Training clips whose features are kept.</param>
/// <param name="HeldOutClips">Clips that are only scored.</param>
/// <param name="Threads">Threads of libtorch and of the painters.</param>
/// <param name="Tower">The tower's stage; null leaves the tower as it is.</param>
/// <param name="Decoder">The decoder's stage.</param>
public sealed record SupervisedOptions(int Clips, int HeldOutClips, int Threads, TowerStageOptions? Tower, DecoderStageOptions Decoder);

/// <summary>
/// Supervised training of a small model from labelled clips, in the order things happen: tower on single pairs, features of all clips once,
/// decoder on growing windows, score on held-out clips.
/// </summary>
public sealed class SupervisedTraining(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, ClipPatches cutter, SupervisedOptions options, Action<string> report)
{
    private const int CheckpointSteps = 250;

    /// <summary>Features that are kept from run to run; null for none.</summary>
    public FeatureCache? Cache { get; init; }

    /// <summary>Trains in place and returns the held-out scores.</summary>
    /// <param name="clips">What to learn from and what to score on.</param>
    /// <param name="save">Writes a checkpoint.</param>
    /// <param name="cancel">Stops between steps.</param>
    public WindowScores Run(IClipSource clips, Action save, CancellationToken cancel)
    {
        var packer = new QuestionPacker(tokenizer, profile, model.Config);
        var labels = new EventLabels(clips.Kinds);
        if (options.Tower is { } tower)
        {
            var pairs = new PairStream(clips.Train, labels, cutter, tower.Batch);
            var right = TowerStage.Train(model.Vision, model.Config.Text.HiddenSize, labels, pairs.Batches(options.Threads), tower, report, cancel);
            report($"tower: {right:P1} of event pairs named right");
            save();
        }

        using var heldOut = Encode(clips.HeldOut, Math.Min(options.HeldOutClips, clips.HeldOutCount ?? int.MaxValue), cancel);
        var score = new HeldOutScore(model, tokenizer, packer, heldOut);
        if (options.Decoder.Legs.Count == 0) return score.Measure(512, profile.WindowSeconds, seed: 11);

        using var bank = Encode(clips.Train, Math.Min(options.Clips, clips.TrainCount ?? int.MaxValue), cancel);
        new DecoderStage(model, packer, bank, labels, options.Decoder).Train(report, _ =>
        {
            save();
            report(score.Measure(64, profile.WindowSeconds, seed: 7).ToString());
        }, CheckpointSteps, cancel);
        var shortest = options.Decoder.Legs.Min(l => l.Shortest);
        if (shortest < profile.WindowSeconds) report($"held-out, windows of {shortest} s: {score.Measure(512, shortest, seed: 11)}");
        return score.Measure(512, profile.WindowSeconds, seed: 11);
    }

    private FeatureBank Encode(Func<int, TrainingClip> clipOf, int count, CancellationToken cancel) =>
        FeatureBank.Encode(model.Vision, clipOf, count, cutter, Environment.ProcessorCount, report, cancel, Cache);
}
