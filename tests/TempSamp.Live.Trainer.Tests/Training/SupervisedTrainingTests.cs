using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class SupervisedTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sft").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Sum over the weights after two legs of two steps, with a stop at the first save when asked.</summary>
    private double Train(string name, bool isStopped = false)
    {
        TorchRuntime.Ensure();
        set_num_threads(1);
        random.manual_seed(1);
        var directory = Path.Combine(_folder, name);
        MiniModel.Prepare(directory);
        using var model = QwenModel.Create(QwenConfig.Load(directory), seed: 1);
        var profile = GroundingProfile.Load(directory);
        var cutter = new ClipPatches(new FrameProcessor(PreprocessorConfig.Default), new FrameSize(profile.FrameHeight, profile.FrameWidth), 14);
        var options = new SupervisedOptions(1, 1, 1, null, new([new(3, 3, 1, 2), new(4, 5, 1, 2)], Spans: 1, Presences: 1), SaveEvery: 2, ScoreWindows: 8, FinalWindows: 8);
        var clips = new PaintedBroadcasts(BroadcastDomain.Shop, 1_000_000, 20, profile.FrameWidth, profile.FrameHeight);
        using var stop = new CancellationTokenSource();
        new SupervisedTraining(model, ChatTokenizer.Load(directory), profile, cutter, options, _ => { })
            .Run(clips, new TrainingCheckpoints(directory, keep: 1), "digest", () => { if (isStopped) stop.Cancel(); }, stop.Token);
        return model.Language.parameters().Sum(p => p.detach().to(ScalarType.Float64).abs().sum().item<double>());
    }

    [Fact]
    public void A_curriculum_that_was_cut_off_ends_where_an_uninterrupted_one_does_and_leaves_no_checkpoints()
    {
        var whole = Train("whole");

        Assert.Throws<OperationCanceledException>(() => Train("cut", isStopped: true));
        Assert.True(new TrainingCheckpoints(Path.Combine(_folder, "cut"), keep: 1).Exist);

        Assert.Equal(whole, Train("cut"), 1e-6);
        Assert.False(new TrainingCheckpoints(Path.Combine(_folder, "cut"), keep: 1).Exist);
    }
}
