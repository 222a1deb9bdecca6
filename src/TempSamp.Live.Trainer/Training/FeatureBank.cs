using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Clips with their vision features, encoded once while the tower is frozen.</summary>
public sealed class FeatureBank : IDisposable
{
    private readonly (TrainingClip Clip, Tensor Features)[] _clips;

    private FeatureBank((TrainingClip, Tensor)[] clips) => _clips = clips;

    /// <summary>Number of clips.</summary>
    public int Count => _clips.Length;

    /// <summary>A clip. Its frames are gone.</summary>
    public TrainingClip Clip(int index) => _clips[index].Clip;

    /// <summary>Features of a window, [pairs * tokens, D] in bfloat16: a view of the bank.</summary>
    /// <param name="index">The clip.</param>
    /// <param name="from">First pair.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="tokensPerPair">Video tokens of a pair.</param>
    public Tensor Window(int index, int from, int pairs, int tokensPerPair) => _clips[index].Features.narrow(0, (long)from * tokensPerPair, (long)pairs * tokensPerPair);

    /// <summary>Encodes clips on several threads.</summary>
    /// <param name="tower">The frozen tower.</param>
    /// <param name="clipOf">The n-th clip.</param>
    /// <param name="count">How many.</param>
    /// <param name="cutter">Cuts frames into patches.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="report">Takes a line now and then.</param>
    /// <param name="cancel">Stops between clips.</param>
    public static FeatureBank Encode(VisionTower tower, Func<int, TrainingClip> clipOf, int count, ClipPatches cutter, int threads, Action<string> report, CancellationToken cancel)
    {
        var clips = new (TrainingClip, Tensor)[count];
        var clock = Stopwatch.StartNew();
        var done = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, n =>
        {
            var clip = clipOf(n);
            clips[n] = (clip with { Frame = _ => throw new InvalidOperationException("The frames of an encoded clip are not kept.") }, Encode(tower, clip, cutter));
            if (Interlocked.Increment(ref done) is var so && so % 100 == 0) report($"clips encoded {so}/{count} {clock.Elapsed.TotalSeconds / so:0.00} s/clip");
        });
        return new(clips);
    }

    private static Tensor Encode(VisionTower tower, TrainingClip clip, ClipPatches cutter)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var pixels = tensor(cutter.All(clip), clip.Pairs * cutter.PerPair, cutter.Length).to(ScalarType.BFloat16);
        return tower.Forward(pixels, [.. Enumerable.Repeat(cutter.Grid, clip.Pairs)]).to(ScalarType.BFloat16).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, features) in _clips) features.Dispose();
    }
}
