using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
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
/// <param name="WarmUp">Steps of the warm-up, at most a tenth of all.</param>
/// <param name="WeightDecay">Weight decay.</param>
/// <param name="ClipNorm">Greatest norm of the gradients.</param>
public sealed record DecoderStageOptions(
    IReadOnlyList<Leg> Legs, double Peak = 1.5e-3, int Spans = 4, int Presences = 4, double Auxiliary = 0.5, double Guidance = 0.3,
    int GuidedLayer = 3, int GuidedHeads = 2, int Seed = 1, int WarmUp = 200, double WeightDecay = 0.02, double ClipNorm = 1)
{
    /// <summary>What the tokens of an answer count.</summary>
    public LossWeights Loss { get; init; } = LossWeights.Default;

    /// <summary>Steps in all.</summary>
    public int Steps => Legs.Sum(l => l.Steps);

    /// <summary>The leg of a step, counted from 0.</summary>
    public Leg LegOf(int step)
    {
        foreach (var leg in Legs)
        {
            if (step < leg.Steps) return leg;
            step -= leg.Steps;
        }
        return Legs[^1];
    }
}

/// <summary>Stage 2: the decoder learns to answer on frozen vision features.</summary>
public sealed class DecoderStage(QwenModel model, QuestionPacker packer, FeatureBank bank, EventLabels labels, DecoderStageOptions options)
{
    /// <summary>Trains the decoder in place, going on from the last checkpoint where there is one.</summary>
    /// <remarks>What a step draws follows from the seed and its number alone, so a run that goes on draws what the uninterrupted one would have drawn.</remarks>
    /// <param name="checkpoints">Where to go on from and to write to.</param>
    /// <param name="digest">Of the options of the run.</param>
    /// <param name="report">Called now and then with a line for people.</param>
    /// <param name="saved">Called after every checkpoint.</param>
    /// <param name="every">Steps between checkpoints, of which the last step is one.</param>
    /// <param name="cancel">Stops between steps; the last checkpoint stays.</param>
    public void Train(TrainingCheckpoints checkpoints, string digest, Action<string> report, Action saved, int every, CancellationToken cancel)
    {
        using var heads = new AuxiliaryHeads(model.Config.Text.HiddenSize, labels, options.Seed);
        List<(string Name, Parameter Parameter)> parameters =
            [.. model.Language.named_parameters().Select(p => ($"model.{p.name}", p.parameter)), .. heads.named_parameters().Select(p => ($"heads.{p.name}", p.parameter))];
        using var optimizer = new AdamW([.. parameters.Select(p => p.Parameter)], decay: options.WeightDecay);
        var rate = new LearningRate(options.Peak, Math.Min(options.WarmUp, options.Steps / 10), options.Steps);
        var meter = new Meter();
        var clock = Stopwatch.StartNew();
        var begun = checkpoints.Resume(parameters, optimizer, digest)?.Step ?? 0;
        if (begun > 0) report($"decoder goes on after step {begun}");
        for (var step = begun; step < options.Steps;)
        {
            cancel.ThrowIfCancellationRequested();
            var leg = options.LegOf(step);
            Step(leg, new Random(unchecked(options.Seed * 1_000_003 + step)), optimizer, rate.At(step), heads, meter);
            step++;
            if (step % 25 == 0) report($"decoder step {step}/{options.Steps} windows to {leg.Longest} s {meter} {clock.Elapsed.TotalSeconds / (step - begun):0.00} s/step");
            if (step % every != 0 && step != options.Steps) continue;
            checkpoints.Save(new(step, digest, null), parameters, optimizer);
            saved();
        }
    }

    private void Step(Leg leg, Random random, AdamW optimizer, double learningRate, AuxiliaryHeads heads, Meter meter)
    {
        using var scope = NewDisposeScope();
        var pairs = random.Next(leg.Shortest, leg.Longest + 1);
        var (batch, features, pairLabels) = Draw(leg.Windows, pairs, random);
        using var layout = batch;
        using var observer = new GuidedLayers(options.GuidedLayer);
        var hidden = PackedForward.Run(model, batch, features, observer);                                        // [B, S, D]
        var logits = PackedForward.Logits(model, hidden, batch.Tokens);                                          // [N, V]
        var answer = GroundingLoss.Of(logits, batch.Tokens, options.Loss);

        var video = observer.States!.narrow(1, batch.VideoStart, batch.VideoTokens)
            .reshape(leg.Windows, pairs, packer.TokensPerPair, -1).mean([2]);                                // [B, T, D]
        var (clock, kind, start) = heads.Loss(video, pairLabels);
        var asked = heads.Asked(observer.States!, batch);
        var guidance = GuidedAttention.Loss(observer.Looks!, options.GuidedHeads, batch, packer.TokensPerPair);

        optimizer.ZeroGradients();
        answer.Plus(clock.Plus(kind).Plus(start).Plus(asked) * KeptScalar.Of(options.Auxiliary)).Plus(guidance * KeptScalar.Of(options.Guidance)).backward();
        optimizer.Step(learningRate, options.ClipNorm);
        meter.Add("loss", answer.item<float>());
        meter.Add("clock", clock.item<float>());
        meter.Add("kind", kind.item<float>());
        meter.Add("onset", start.item<float>());
        meter.Add("asked", asked.item<float>());
        meter.Add("guide", guidance.item<float>());
        meter.Add(logits, batch.Tokens);
    }

    private (PackedBatch Batch, Tensor Features, List<PairLabel[]> Labels) Draw(int windowCount, int pairs, Random random)
    {
        var rows = new List<IReadOnlyList<Question>>();
        var windows = new List<Tensor>();
        var pairLabels = new List<PairLabel[]>();
        while (rows.Count < windowCount)
        {
            var window = WindowDraw.Next(bank, pairs, options.Spans, options.Presences, random);
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
