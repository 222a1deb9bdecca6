using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>One continuation of a shared prefix: its own tokens, which see the prefix and themselves only.</summary>
internal sealed class Lane(IEnumerable<int> tokens)
{
    /// <summary>Tokens not read yet.</summary>
    public List<int> Pending { get; set; } = [.. tokens];

    /// <summary>Where in the cache the tokens lie that were read.</summary>
    public List<int> Places { get; } = [];
}

/// <summary>A video read once into a key/value cache, and many questions about it read side by side.</summary>
/// <remarks>
/// All lanes' tokens go through the model as one row under a block mask, so that attention to the prefix and every weight are used once for all
/// questions. A lane's positions go on from the prefix as if it were alone, so each answer equals that of the model run from scratch on its own.
/// </remarks>
internal sealed class SharedPrefix : IDisposable
{
    // Tokens in one pass: the scores of all of them against a long video must fit into memory.
    private const int Piece = 512;

    private readonly QwenModel _model;
    private readonly KeyValueCache _cache;
    private readonly int _length;
    private readonly long _next;

    /// <summary>Reads the prefix.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="prefix">Token ids with placeholders expanded.</param>
    /// <param name="rows">[M, D] of the video.</param>
    /// <param name="video">Grid of the video.</param>
    /// <param name="room">Most tokens that all lanes together will have.</param>
    public SharedPrefix(QwenModel model, int[] prefix, Tensor rows, PatchGrid video, int room)
    {
        using var scope = NewDisposeScope();
        _model = model;
        _length = prefix.Length;
        var positions = new MultimodalPositions(model.Config).Of([prefix], null, [], [video], [1f]);
        _next = prefix.Length + positions.Deltas[0];
        _cache = new(model.Config.Text, 1, prefix.Length + room, rows.dtype, model.Device);
        var ids = tensor(Array.ConvertAll(prefix, id => (long)id), [1, prefix.Length], device: model.Device);
        model.Language.Prefill(model.Embed(ids, rows), tensor(positions.Ids, [3, 1, prefix.Length], device: model.Device), null, _cache);
    }

    /// <summary>Reads the pending tokens of every lane.</summary>
    /// <param name="lanes">Each with at least one pending token.</param>
    /// <returns>Scores of the token after each lane's last one, [lanes][V].</returns>
    public float[][] Read(IReadOnlyList<Lane> lanes)
    {
        var scores = new List<float[]>();
        for (var done = 0; done < lanes.Count;)
        {
            var (count, tokens) = (0, 0);
            while (done + count < lanes.Count && (count == 0 || tokens + lanes[done + count].Pending.Count <= Piece)) tokens += lanes[done + count++].Pending.Count;
            scores.AddRange(ReadTogether([.. lanes.Skip(done).Take(count)]));
            done += count;
        }
        return [.. scores];
    }

    private float[][] ReadTogether(Lane[] lanes)
    {
        using var scope = NewDisposeScope();
        var (ids, positions, lasts) = (new List<long>(), new List<long>(), new List<long>());
        var owner = new List<Lane>();
        var first = _cache.Length;
        foreach (var lane in lanes)
        {
            foreach (var token in lane.Pending)
            {
                ids.Add(token);
                positions.Add(_next + lane.Places.Count);
                lane.Places.Add(first + owner.Count);
                owner.Add(lane);
            }
            lasts.Add(ids.Count - 1);
            lane.Pending = [];
        }

        var s = ids.Count;
        var embeds = _model.Language.Embedding.forward(tensor(ids.ToArray(), [1, s], device: _model.Device));
        var where = tensor(positions.ToArray(), [1, 1, s], device: _model.Device).expand(3, 1, s);
        var mask = tensor(Visible(owner, first), [1, 1, s, first + s], device: _model.Device);
        var hidden = _model.Language.Forward(embeds, where, mask, _cache)[0].index_select(0, tensor(lasts.ToArray(), device: _model.Device));
        var scores = _model.Logits(hidden).to(ScalarType.Float32).cpu();                            // [lanes, V]
        var width = (int)scores.shape[1];
        return [.. scores.data<float>().ToArray().Chunk(width)];
    }

    // [S, T]: the prefix, and the lane's own tokens up to the asking one.
    private bool[] Visible(List<Lane> owner, int first)
    {
        var total = first + owner.Count;
        var visible = new bool[owner.Count * total];
        for (var i = 0; i < owner.Count; i++)
        {
            var row = visible.AsSpan(i * total, total);
            row[.._length].Fill(true);
            foreach (var place in owner[i].Places)
                if (place <= first + i) row[place] = true;
        }
        return visible;
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
