using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Running means of what a training step achieves, for the progress line.</summary>
public sealed class Meter
{
    private const double Keep = 0.96;
    private readonly SortedDictionary<string, double> _means = new(StringComparer.Ordinal);

    /// <summary>Takes one step's results: losses and, by token, whether the most likely one was right.</summary>
    /// <param name="logits">[N, V] float32.</param>
    /// <param name="tokens">The N tokens.</param>
    public void Add(Tensor logits, IReadOnlyList<PredictedToken> tokens, double answer, double auxiliary, double guidance)
    {
        using var scope = NewDisposeScope();
        var best = logits.argmax(1).data<long>().ToArray();
        Mean("loss", answer);
        Mean("aux", auxiliary);
        Mean("guide", guidance);
        Mean("start", Share(t => t.Role == TokenRole.Digit && t.Decision is 0 or 1));
        Mean("end", Share(t => t.Role == TokenRole.Digit && t.Decision is 3 or 4));
        Mean("presence", Share(t => t.Role == TokenRole.Presence));

        double Share(Func<PredictedToken, bool> chosen)
        {
            var of = Enumerable.Range(0, tokens.Count).Where(i => chosen(tokens[i])).ToArray();
            return of.Count(i => best[i] == tokens[i].Target) / (double)Math.Max(1, of.Length);
        }
    }

    private void Mean(string name, double value) =>
        _means[name] = _means.TryGetValue(name, out var old) ? Keep * old + (1 - Keep) * value : value;

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _means.Select(m => $"{m.Key} {m.Value:0.000}"));
}
