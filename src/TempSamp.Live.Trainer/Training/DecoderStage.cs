using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>One leg of the decoder's curriculum: a number of steps, each on windows of one length.</summary>
/// <param name="Shortest">Shortest window in frame pairs (seconds); each step draws its length evenly from here to <paramref name="Longest"/>.</param>
/// <param name="Longest">Longest window in frame pairs.</param>
/// <param name="Windows">Windows a step.</param>
/// <param name="Steps">Optimiser steps.</param>
public readonly record struct Leg(int Shortest, int Longest, int Windows, int Steps);

/// <summary>How the decoder is taught.</summary>
/// <param name="Legs">The curriculum: short windows first.</param>
/// <param name="Peak">Highest learning rate.</param>
/// <param name="Spans">Span questions a window.</param>
/// <param name="Presences">Presence questions a window.</param>
/// <param name="Auxiliary">Weight of the auxiliary heads' loss.</param>
/// <param name="Guidance">Weight of the guided attention's loss.</param>
/// <param name="GuidedLayer">Layer whose attention is guided; the auxiliary heads read the layer below.</param>
/// <param name="GuidedHeads">Heads guided.</param>
/// <param name="Seed">Seed of the windows and questions drawn.</param>
public sealed record DecoderStageOptions(
    IReadOnlyList<Leg> Legs, double Peak = 1.5e-3, int Spans = 4, int Presences = 4, double Auxiliary = 0.5, double Guidance = 0.3,
    int GuidedLayer = 3, int GuidedHeads = 2, int Seed = 1)
{
    /// <summary>Steps in all.</summary>
    public int Steps => Legs.Sum(l => l.Steps);
}

/// <summary>Stage 2: the decoder learns to answer on frozen vision features.</summary>
public sealed class DecoderStage(QwenModel model, QuestionPacker packer, FeatureBank bank, EventLabels labels, DecoderStageOptions options)
{
    private readonly Random _random = new(options.Seed);

    /// <summary>Trains the decoder in place.</summary>
    /// <param name="report">Called now and then with a line for people.</param>
    /// <param name="checkpoint">Called every <paramref name="every"/> steps and after the last.</param>
    /// <param name="every">Steps between checkpoints.</param>
    /// <param name="cancel">Stops between steps; the last checkpoint stays.</param>
    public void Train(Action<string> report, Action<int> checkpoint, int every, CancellationToken cancel)
    {
        using var heads = new AuxiliaryHeads(model.Config.Text.HiddenSize, labels);
        var parameters = model.Language.parameters().Concat(heads.parameters()).ToList();
        using var optimizer = new AdamW(parameters);
        var rate = new LearningRate(options.Peak, Math.Min(200, options.Steps / 10), options.Steps);
        var meter = new Meter();
        var clock = Stopwatch.StartNew();
        var step = 0;
        foreach (var leg in options.Legs)
        {
            for (var i = 0; i < leg.Steps; i++)
            {
                cancel.ThrowIfCancellationRequested();
                Step(leg, optimizer, rate.At(step), heads, meter);
                step++;
                if (step % 25 == 0) report($"decoder step {step}/{options.Steps} windows to {leg.Longest} s {meter} {clock.Elapsed.TotalSeconds / step:0.00} s/step");
                if (step % every == 0 || step == options.Steps) checkpoint(step);
            }
        }
    }

    private void Step(Leg leg, AdamW optimizer, double learningRate, AuxiliaryHeads heads, Meter meter)
    {
        using var scope = NewDisposeScope();
        var pairs = _random.Next(leg.Shortest, leg.Longest + 1);
        var (batch, features, pairLabels) = Draw(leg.Windows, pairs);
        using var layout = batch;
        using var observer = new GuidedLayers(options.GuidedLayer);
        var hidden = PackedForward.Run(model, batch, features, observer);                                        // [B, S, D]
        var logits = PackedForward.Logits(model, hidden, batch.Tokens);                                          // [N, V]
        var answer = GroundingLoss.Of(logits, batch.Tokens, LossWeights.Default);

        var video = observer.States!.narrow(1, batch.VideoStart, batch.VideoTokens)
            .reshape(leg.Windows, pairs, packer.TokensPerPair, -1).mean([2]);                                // [B, T, D]
        var (clock, kind, start) = heads.Loss(video, pairLabels);
        var asked = heads.Asked(observer.States!, batch);
        var guidance = GuidedAttention.Loss(observer.Looks!, options.GuidedHeads, batch, packer.TokensPerPair);

        optimizer.ZeroGradients();
        (answer + (clock + kind + start + asked) * KeptScalar.Of(options.Auxiliary) + guidance * KeptScalar.Of(options.Guidance)).backward();
        optimizer.Step(learningRate);
        meter.Add("loss", answer.item<float>());
        meter.Add("clock", clock.item<float>());
        meter.Add("kind", kind.item<float>());
        meter.Add("onset", start.item<float>());
        meter.Add("asked", asked.item<float>());
        meter.Add("guide", guidance.item<float>());
        meter.Add(logits, batch.Tokens);
    }

    private (PackedBatch Batch, Tensor Features, List<PairLabel[]> Labels) Draw(int windowCount, int pairs)
    {
        var rows = new List<IReadOnlyList<Question>>();
        var windows = new List<Tensor>();
        var pairLabels = new List<PairLabel[]>();
        while (rows.Count < windowCount)
        {
            var window = WindowDraw.Next(bank, pairs, options.Spans, options.Presences, _random);
            rows.Add(window.Questions);
            windows.Add(bank.Window(window.Clip, window.From, pairs, packer.TokensPerPair));
            pairLabels.Add(labels.Of(bank.Clip(window.Clip), window.From, pairs));
        }
        return (packer.Pack(rows, pairs), stack(windows), pairLabels);
    }

    /// <summary>Keeps the attention of the guided layer and the hidden states below it.</summary>
    private sealed class GuidedLayers(int guided) : ILayerObserver, IDisposable
    {
        public Tensor? States { get; private set; }

        public Tensor? Looks { get; private set; }

        public bool WantsAttention(int layer) => layer == guided;

        public void Hidden(int layer, Tensor hidden)
        {
            if (layer == guided - 1) States = hidden.alias().DetachFromDisposeScope();
        }

        public void Attention(int layer, Tensor probabilities) => Looks = probabilities.alias().DetachFromDisposeScope();

        public void Dispose()
        {
            States?.Dispose();
            Looks?.Dispose();
        }
    }
}
