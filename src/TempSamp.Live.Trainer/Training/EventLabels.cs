using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Numbers the kinds of event that a set of clips can show; 0 is nothing.</summary>
public sealed class EventLabels
{
    /// <summary>Pairs that show nothing are the most: each counts this much against one that shows an event.</summary>
    private const float NothingWeight = 0.3f;

    private readonly Dictionary<string, int> _index = [];

    /// <param name="kinds">What is numbered, in order of first sight.</param>
    public EventLabels(IEnumerable<string> kinds)
    {
        foreach (var kind in kinds) _index.TryAdd(kind, _index.Count + 1);
    }

    /// <summary>Number of classes, nothing included.</summary>
    public int Count => _index.Count + 1;

    /// <summary>Weight of each class in a cross-entropy, [Count]; the caller's to dispose.</summary>
    public Tensor ClassWeights() => tensor([NothingWeight, .. Enumerable.Repeat(1f, _index.Count)]);

    /// <summary>Number of a kind; 0 for one that was not there when kinds were numbered.</summary>
    public int IndexOf(string kind) => _index.GetValueOrDefault(kind);

    /// <summary>Labels of the pairs of the window [<paramref name="from"/>, <paramref name="from"/> + <paramref name="pairs"/>) seconds.</summary>
    public PairLabel[] Of(TrainingClip clip, int from, int pairs)
    {
        var labels = Enumerable.Repeat(new PairLabel(0, -1), pairs).ToArray();
        foreach (var concept in clip.Concepts)
        {
            foreach (var span in concept.Spans)
            {
                var start = (int)Math.Round(2 * Math.Max(0, span.Start - from));
                for (var pair = 0; pair < pairs; pair++)
                {
                    var covered = Math.Min(span.End, from + pair + 1) - Math.Max(span.Start, from + pair);
                    if (covered >= 0.5) labels[pair] = new(IndexOf(concept.Kind), start);
                }
            }
        }
        return labels;
    }
}
