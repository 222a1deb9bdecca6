using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Where the tokens of a clip stand: the text before it, then second after second.</summary>
internal sealed class WindowLayout
{
    private readonly MultimodalPositions _positions;
    private readonly int _height;
    private readonly int _width;

    public WindowLayout(QwenConfig config, int[] text, PatchGrid pair)
    {
        _positions = new(config);
        (_height, _width) = (pair.Height / config.Vision.SpatialMergeSize, pair.Width / config.Vision.SpatialMergeSize);
        Text = text;
    }

    /// <summary>Tokens before the clip.</summary>
    public int[] Text { get; }

    /// <summary>Tokens of one second.</summary>
    public int PairTokens => _height * _width;

    /// <summary>Tokens of a clip of so many seconds, the text before it included.</summary>
    public int Length(int pairs) => Text.Length + pairs * PairTokens;

    /// <summary>Position of the first token behind a clip of so many seconds.</summary>
    public long NextAfter(int pairs) => pairs == 0 ? Text.Length : Text.Length + Math.Max(_positions.Temporal(pairs - 1, 1), Math.Max(_height, _width) - 1) + 1;

    /// <summary>Position of a token of the clip in time, height and width.</summary>
    /// <param name="token">Its number, the text before the clip included.</param>
    public (long Time, long Height, long Width) PositionOf(int token)
    {
        if (token < Text.Length) return (token, token, token);
        var (pair, place) = Math.DivRem(token - Text.Length, PairTokens);
        var (row, column) = Math.DivRem(place, _width);
        return (Text.Length + _positions.Temporal(pair, 1), Text.Length + row, Text.Length + column);
    }
}
