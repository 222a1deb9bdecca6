using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>What every question of a window shares: serving's prompt prefix and the rows of the video, with their positions.</summary>
public sealed class SharedPrompt
{
    private readonly GroundingProfile _profile;
    private readonly QwenConfig _config;
    private readonly MultimodalPositions _positions;
    private readonly int[] _prefix;

    /// <summary>The prefix of a model's prompts.</summary>
    public SharedPrompt(ChatTokenizer tokenizer, GroundingProfile profile, QwenConfig config)
    {
        (_profile, _config, _positions) = (profile, config, new(config));
        var text = profile.Prompt.PrefixText;
        _prefix = tokenizer.Encode(text[..text.LastIndexOf(ChatTokens.VideoPad, StringComparison.Ordinal)]);
    }

    /// <summary>Position of the first video token.</summary>
    public int VideoStart => _prefix.Length;

    /// <summary>Video tokens of one frame pair: merged patches of the profile's grid.</summary>
    public int TokensPerPair => _profile.FrameHeight / 28 * (_profile.FrameWidth / 28);

    /// <summary>Tokens that are shared over a window of <paramref name="pairs"/> pairs.</summary>
    public int Length(int pairs) => _prefix.Length + pairs * TokensPerPair;

    /// <summary>The shared ids, video placeholders expanded.</summary>
    public IEnumerable<int> Ids(int pairs) => _prefix.Concat(Enumerable.Repeat(_config.VideoTokenId, pairs * TokensPerPair));

    /// <summary>Positions of the shared tokens and of what follows them.</summary>
    /// <returns>Time, height and width positions of each shared token, <c>[3][Length]</c>, and the position of the first token behind them.</returns>
    public (long[][] Shared, long Next) Positions(int pairs)
    {
        var length = Length(pairs);
        var grid = new PatchGrid(pairs, _profile.FrameHeight / _config.Vision.PatchSize, _profile.FrameWidth / _config.Vision.PatchSize);
        var counted = _positions.Of([[.. Ids(pairs)]], null, [], [grid]);
        return ([.. Enumerable.Range(0, 3).Select(axis => counted.Ids[(axis * length)..((axis + 1) * length)])], length + counted.Deltas[0]);
    }
}
