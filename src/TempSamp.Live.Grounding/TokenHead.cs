using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Scores of the next token, of those tokens that were asked for.</summary>
internal readonly record struct TokenScoreRow(TokenHead Head, float[] Values)
{
    /// <summary>Score of a token that the head knows.</summary>
    public float this[int token] => Values[Head.ColumnOf(token)];

    /// <summary>Whether every score is a finite number.</summary>
    public bool AreNumbers => !Array.Exists(Values, v => !float.IsFinite(v));
}

/// <summary>The few rows of a model's output head that answers are chosen from, so that no pass scores a whole vocabulary; or all of them.</summary>
internal sealed class TokenHead : IDisposable
{
    private readonly QwenModel _model;
    private readonly Dictionary<int, int>? _columns;
    private readonly Tensor? _weight;                   // [D, R], a view of its own copy

    /// <summary>All tokens of the vocabulary.</summary>
    public TokenHead(QwenModel model) => _model = model;

    /// <summary>The given tokens, each once.</summary>
    public TokenHead(QwenModel model, IEnumerable<int> tokens)
    {
        _model = model;
        var rows = tokens.Distinct().ToArray();
        _columns = rows.Index().ToDictionary(r => r.Item, r => r.Index);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _weight = model.HeadRows(tensor(Array.ConvertAll(rows, r => (long)r), device: model.Device)).t().DetachFromDisposeScope();
    }

    /// <summary>Where a token's score stands.</summary>
    public int ColumnOf(int token) => _columns is null ? token : _columns[token];

    /// <summary>Normed hidden states [M, D] -> scores of the tokens that follow, one row each, in float32.</summary>
    public TokenScoreRow[] Scores(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var scores = (_weight is null ? _model.Logits(hidden) : hidden.mm(_weight)).to(ScalarType.Float32).cpu();
        var width = (int)scores.shape[1];
        return [.. scores.data<float>().ToArray().Chunk(width).Select(values => new TokenScoreRow(this, values))];
    }

    /// <inheritdoc/>
    public void Dispose() => _weight?.Dispose();
}
