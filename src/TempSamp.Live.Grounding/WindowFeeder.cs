using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Turns frame pairs into rows, once, and lets windows read them: whatever is new in all windows of all streams goes through the model as one batch.</summary>
internal sealed class WindowFeeder(GroundingModel model, EngineCounters counters) : IDisposable
{
    /// <summary>Tokens of one window in one pass: the scores of more against a long window would take too much memory at once.</summary>
    private const int Piece = 512;

    private readonly PatchStaging _staging = new(model.Network.Type, model.Network.Device);

    /// <summary>Rows of frame pairs, each computed once and alike in every window that shows it.</summary>
    /// <param name="pairs">Patches of each pair, of one stream or of many, [h * w, 1176] row-major.</param>
    /// <returns>For each pair [tokens, D], owned by the caller.</returns>
    public Tensor[] Encode(IReadOnlyList<float[]> pairs)
    {
        if (pairs.Count == 0) return [];
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (network, grid) = (model.Network, model.PairGrid);
        var patches = _staging.Take(pairs, grid.Patches * (long)model.Frames.PatchLength).view((long)pairs.Count * grid.Patches, -1);
        counters.CountPairs(pairs.Count);
        var rows = network.Vision.Forward(patches, [(pairs.Count, grid.Height, grid.Width)]);
        return [.. Enumerable.Range(0, pairs.Count).Select(i => rows.narrow(0, (long)i * model.PairTokens, model.PairTokens).clone().DetachFromDisposeScope())];
    }

    /// <summary>Lets windows read rows: one pass for all of them, or as few as their length allows.</summary>
    /// <param name="windows">Each with the rows [tokens, D] of the seconds that follow its end.</param>
    public void Grow(IReadOnlyList<WindowGrowth> windows)
    {
        var most = Math.Max(1, Piece / model.PairTokens);
        for (var done = 0; windows.Any(w => w.Pairs.Count > done); done += most)
            GrowTogether([.. windows.Where(w => w.Pairs.Count > done).Select(w => w with { Pairs = [.. w.Pairs.Skip(done).Take(most)] })]);
    }

    private void GrowTogether(List<WindowGrowth> windows)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (network, layout) = (model.Network, model.Layout);
        var text = new Lazy<Tensor>(() => network.Language.Embedding.forward(tensor(Array.ConvertAll(layout.Text, t => (long)t), [1, layout.Text.Length], device: network.Device))[0]);
        var (embeds, stretches) = (new List<Tensor>(), new List<Stretch>());
        var positions = new List<(long Time, long Height, long Width)>();
        foreach (var (window, pairs) in windows)
        {
            var (at, tokens) = (window.Cache.Length, layout.Length(window.Pairs + pairs.Count) - window.Cache.Length);
            if (at == 0) embeds.Add(text.Value);
            embeds.AddRange(pairs);
            positions.AddRange(Enumerable.Range(at, tokens).Select(layout.PositionOf));
            stretches.Add(Stretch.Causal(window.Cache, tokens));
        }
        long[] where = [.. positions.Select(p => p.Time), .. positions.Select(p => p.Height), .. positions.Select(p => p.Width)];
        network.Language.Read(cat(embeds, 0), tensor(where, [3, positions.Count], device: network.Device), stretches);
        foreach (var ((window, pairs), stretch) in windows.Zip(stretches)) window.Grow(stretch.Tokens, pairs.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _staging.Dispose();
}
