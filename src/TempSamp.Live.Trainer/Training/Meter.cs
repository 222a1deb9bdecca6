using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Running means of what a training step achieves, for the progress line.</summary>
public sealed class Meter
{
    private const double Keep = 0.96;
    private readonly SortedDictionary<string, double> _means = new(StringComparer.Ordinal);

    /// <summary>Takes one step's answers: the shares of first digits, of end digits and of yes and no that were right.</summary>
    /// <param name="logits">[N, V] float32.</param>
    /// <param name="tokens">The N tokens.</param>
    public void Add(Tensor logits, IReadOnlyList<PredictedToken> tokens)
    {
        using var scope = NewDisposeScope();
        var best = logits.argmax(1).data<long>().ToArray();
        Add("start+", Share(t => t.Role == TokenRole.Digit && t.Decision == 0));
        Add("start", Share(t => t.Role == TokenRole.Digit && t.Decision == 1));
        Add("end", Share(t => t.Role == TokenRole.Digit && t.Decision == 4));
        Add("presence", Share(t => t.Role == TokenRole.Presence));

        double Share(Func<PredictedToken, bool> chosen)
        {
            var of = Enumerable.Range(0, tokens.Count).Where(i => chosen(tokens[i])).ToArray();
            return of.Count(i => best[i] == tokens[i].Target) / (double)Math.Max(1, of.Length);
        }
    }

    /// <summary>Takes one step's value of a named quantity.</summary>
    public void Add(string name, double value) =>
        _means[name] = _means.TryGetValue(name, out var old) ? Keep * old + (1 - Keep) * value : value;

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _means.Select(m => $"{m.Key} {m.Value:0.000}"));
}
