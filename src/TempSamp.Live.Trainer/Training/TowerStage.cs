using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>How the vision tower is taught.</summary>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="Batch">Frame pairs a step.</param>
/// <param name="Peak">Highest learning rate.</param>
public sealed record TowerStageOptions(int Steps, int Batch = 96, double Peak = 1e-3);

/// <summary>
/// Stage 1: the vision tower alone learns to tell what a single frame pair shows, through a head on the mean and maximum of its merged tokens that
/// is thrown away afterwards.
/// </summary>
public static class TowerStage
{
    /// <summary>Trains <paramref name="tower"/> in place and returns the share of event pairs named right over the last steps.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="width">Its output size D.</param>
    /// <param name="labels">The kinds.</param>
    /// <param name="batches">Endless labelled pairs.</param>
    /// <param name="options">How long and how fast.</param>
    /// <param name="report">Called now and then with a line for people.</param>
    /// <param name="cancel">Stops between steps.</param>
    public static double Train(VisionTower tower, int width, EventLabels labels, IEnumerable<PairBatch> batches, TowerStageOptions options, Action<string> report, CancellationToken cancel)
    {
        using var head = nn.Linear(2 * width, labels.Count);
        using var weight = labels.ClassWeights();
        var parameters = tower.parameters().Concat(head.parameters()).ToList();
        using var optimizer = new AdamW(parameters);
        var rate = new LearningRate(options.Peak, Math.Min(100, options.Steps / 10), options.Steps);

        double loss = 0, right = 0;
        var clock = Stopwatch.StartNew();
        var step = 0;
        foreach (var batch in batches.Take(options.Steps))
        {
            cancel.ThrowIfCancellationRequested();
            using (NewDisposeScope())
            {
                var patches = tensor(batch.Patches).view(batch.Grids.Sum(g => g.T * g.H * g.W), -1).to(ScalarType.BFloat16);
                var merged = tower.Forward(patches, batch.Grids).view(batch.Kinds.Length, -1, width).to(ScalarType.Float32);   // [n, tokens, D]
                var logits = head.forward(cat([merged.mean([1]), merged.amax([1])], 1));                                       // [n, kinds]
                var kinds = tensor(batch.Kinds);
                var error = nn.functional.cross_entropy(logits, kinds, weight);
                optimizer.ZeroGradients();
                error.backward();
                optimizer.Step(rate.At(step));

                var events = kinds.gt(0);
                var hits = logits.argmax(1).eq(kinds).logical_and(events).sum().item<long>() / Math.Max(1.0, events.sum().item<long>());
                loss = step == 0 ? error.item<float>() : 0.95 * loss + 0.05 * error.item<float>();
                right = step == 0 ? hits : 0.95 * right + 0.05 * hits;
            }
            if (++step % 50 == 0) report($"tower step {step}/{options.Steps} loss {loss:0.000} event pairs right {right:P1} {clock.Elapsed.TotalSeconds / step:0.00} s/step");
        }
        return right;
    }
}

/// <summary>Labelled frame pairs as patches.</summary>
/// <param name="Patches">[n * patches, length] row-major.</param>
/// <param name="Grids">The grid of each pair.</param>
/// <param name="Kinds">Label of each pair.</param>
public sealed record PairBatch(float[] Patches, IReadOnlyList<(int T, int H, int W)> Grids, long[] Kinds);
