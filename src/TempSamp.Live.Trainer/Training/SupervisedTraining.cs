using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>What a supervised run does.</summary>
/// <param name="Clips">Training clips whose features are kept.</param>
/// <param name="HeldOutClips">Clips that are only scored.</param>
/// <param name="Threads">Threads of libtorch and of the painters.</param>
/// <param name="Tower">The tower's stage; null leaves the tower as it is.</param>
/// <param name="Decoder">The decoder's stage.</param>
/// <param name="SaveEvery">Steps of the decoder between saves, each of which is scored.</param>
/// <param name="ScoreWindows">Windows that a save is scored on.</param>
/// <param name="FinalWindows">Windows that the end is scored on.</param>
public sealed record SupervisedOptions(
    int Clips, int HeldOutClips, int Threads, TowerStageOptions? Tower, DecoderStageOptions Decoder, int SaveEvery = 250, int ScoreWindows = 64, int FinalWindows = 512);

/// <summary>
/// Supervised training of a small model from labelled clips, in the order things happen: tower on single pairs, features of all clips once,
/// decoder on growing windows, score on held-out clips.
/// </summary>
public sealed class SupervisedTraining(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, ClipPatches cutter, SupervisedOptions options, Action<string> report)
{
    /// <summary>Seeds of the windows that are scored: the same questions each time.</summary>
    private const int ScoreSeed = 7, FinalSeed = 11;

    /// <summary>Features that are kept from run to run; null for none.</summary>
    public FeatureCache? Cache { get; init; }

    /// <summary>Trains in place and returns the held-out scores. A run that was cut off in the decoder's stage goes on; a finished one leaves no checkpoints.</summary>
    /// <param name="clips">What to learn from and what to score on.</param>
    /// <param name="checkpoints">Of the decoder's stage.</param>
    /// <param name="digest">Of all that decides the run.</param>
    /// <param name="save">Writes the model.</param>
    /// <param name="cancel">Stops between steps.</param>
    public WindowScores Run(IClipSource clips, TrainingCheckpoints checkpoints, string digest, Action save, CancellationToken cancel)
    {
        var packer = new QuestionPacker(tokenizer, profile, model.Config);
        var labels = new EventLabels(clips.Kinds);
        if (options.Tower is { } tower && !checkpoints.Exist)
        {
            var pairs = new PairStream(clips.Train, labels, cutter, tower.Batch);
            var right = TowerStage.Train(model.Vision, model.Config.Text.HiddenSize, labels, pairs.Batches(options.Threads), tower, report, cancel);
            report($"tower: {right:P1} of event pairs named right");
            save();
        }

        using var heldOut = Encode(clips.HeldOut, Math.Min(options.HeldOutClips, clips.HeldOutCount ?? int.MaxValue), cancel);
        var score = new HeldOutScore(model, tokenizer, packer, heldOut);
        if (options.Decoder.Legs.Count == 0) return score.Measure(options.FinalWindows, profile.WindowSeconds, FinalSeed);

        using var bank = Encode(clips.Train, Math.Min(options.Clips, clips.TrainCount ?? int.MaxValue), cancel);
        new DecoderStage(model, packer, bank, labels, options.Decoder).Train(checkpoints, digest, report, () =>
        {
            save();
            report(score.Measure(options.ScoreWindows, profile.WindowSeconds, ScoreSeed).ToString());
        }, options.SaveEvery, cancel);
        checkpoints.Clear();
        var shortest = options.Decoder.Legs.Min(l => l.Shortest);
        if (shortest < profile.WindowSeconds) report($"held-out, windows of {shortest} s: {score.Measure(options.FinalWindows, shortest, FinalSeed)}");
        return score.Measure(options.FinalWindows, profile.WindowSeconds, FinalSeed);
    }

    private FeatureBank Encode(Func<int, TrainingClip> clipOf, int count, CancellationToken cancel) =>
        FeatureBank.Encode(model.Vision, clipOf, count, cutter, Environment.ProcessorCount, report, cancel, Cache);
}
