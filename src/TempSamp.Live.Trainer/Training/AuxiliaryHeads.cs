using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>What a frame pair of a window shows, for the auxiliary losses.</summary>
/// <param name="Kind">Index of the event's kind; 0 is nothing.</param>
/// <param name="Start">Start of that event in half seconds from the window's start; -1 for nothing.</param>
public readonly record struct PairLabel(int Kind, int Start);

/// <summary>
/// Heads that only training sees and that are thrown away: they make the decoder's video tokens say, half way up, what time it is, which event is
/// on and when it began. The answer then only has to find the tokens of its event and copy. Without them a small model learns that events start,
/// and whether the asked one is there, long before it joins the two.
/// </summary>
public sealed class AuxiliaryHeads : nn.Module
{
    private const int Tens = 10, Units = 10, Halves = 2;
    private readonly Linear _kind;
    private readonly Linear _start;
    private readonly Linear _clock;
    private readonly Linear _asked;
    private readonly EventLabels _labels;

    /// <param name="width">Hidden size of the decoder.</param>
    /// <param name="labels">The kinds.</param>
    /// <param name="seed">The same seed gives the same weights to begin with.</param>
    public AuxiliaryHeads(int width, EventLabels labels, int seed) : base(nameof(AuxiliaryHeads))
    {
        _labels = labels;
        _kind = nn.Linear(width, labels.Count);
        _start = nn.Linear(width, Tens + Units + Halves);
        _clock = nn.Linear(width, Tens + Units + Halves);
        _asked = nn.Linear(width, labels.Count);
        RegisterComponents();
        using var quiet = no_grad();
        using var dice = new Generator((ulong)seed, CPU);
        var bound = 1 / Math.Sqrt(width);
        foreach (var parameter in parameters()) parameter.uniform_(-bound, bound, dice);
    }

    /// <summary>Loss of naming, where an answer decides, the kind of event that was asked for: what a sentence means.</summary>
    /// <param name="states">[B, S, D] of the same layer.</param>
    /// <param name="batch">The layout.</param>
    public Tensor Asked(Tensor states, PackedBatch batch)
    {
        using var scope = NewDisposeScope();
        var decisions = batch.Tokens.Where(t => t.Role != TokenRole.Template).ToArray();
        var rows = tensor(decisions.Select(t => t.Row * states.shape[1] + t.Position).ToArray());
        var kinds = tensor(decisions.Select(t => (long)_labels.IndexOf(batch.Questions[t.Row][t.Question].Kind)).ToArray());
        var named = _asked.forward(states.reshape(-1, states.shape[2]).index_select(0, rows).to(ScalarType.Float32));   // [N, kinds]
        return nn.functional.cross_entropy(named, kinds).MoveToOuterDisposeScope();
    }

    /// <summary>Losses of naming, at each pair, its time, the event that is on, and the digits of that event's start.</summary>
    /// <param name="video">[B, T, D] video tokens of a middle layer, averaged over each pair.</param>
    /// <param name="labels">B x T labels.</param>
    public (Tensor Clock, Tensor Kind, Tensor Start) Loss(Tensor video, IReadOnlyList<PairLabel[]> labels)
    {
        using var scope = NewDisposeScope();
        var flat = labels.SelectMany(l => l).ToArray();
        var states = video.reshape(-1, video.shape[^1]).to(ScalarType.Float32);   // [B*T, D]
        var kind = nn.functional.cross_entropy(_kind.forward(states), tensor(flat.Select(l => (long)l.Kind).ToArray()), _labels.ClassWeights());
        var clock = Digits(_clock.forward(states), [.. labels.SelectMany(l => Enumerable.Range(0, l.Length).Select(pair => 2 * pair))]);

        var on = Enumerable.Range(0, flat.Length).Where(i => flat[i].Start >= 0).ToArray();
        var start = on.Length == 0 ? zeros(1).sum()
            : Digits(_start.forward(states.index_select(0, tensor(on.Select(i => (long)i).ToArray()))), [.. on.Select(i => flat[i].Start)]);
        return (clock.MoveToOuterDisposeScope(), kind.MoveToOuterDisposeScope(), start.MoveToOuterDisposeScope());
    }

    /// <summary>Cross-entropy of the tens, units and halves of times in half seconds; logits [M, 22].</summary>
    private static Tensor Digits(Tensor logits, int[] halfSeconds)
    {
        using var scope = NewDisposeScope();
        var parts = logits.split([Tens, Units, Halves], 1);
        return nn.functional.cross_entropy(parts[0], tensor(halfSeconds.Select(t => (long)(t / 20)).ToArray()))
            .Plus(nn.functional.cross_entropy(parts[1], tensor(halfSeconds.Select(t => (long)(t / 2 % 10)).ToArray())))
            .Plus(nn.functional.cross_entropy(parts[2], tensor(halfSeconds.Select(t => (long)(t % 2)).ToArray()))).MoveToOuterDisposeScope();
    }
}
