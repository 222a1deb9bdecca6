using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>What a predicted token is for.</summary>
public enum TokenRole
{
    /// <summary>One of the six digits of a span, the decisions of an answer.</summary>
    Digit,

    /// <summary>Text that the answer's template fixes.</summary>
    Template,

    /// <summary>Yes or no.</summary>
    Presence,
}

/// <summary>A token to be predicted.</summary>
/// <param name="Row">Row of the batch.</param>
/// <param name="Position">Position whose logits predict it.</param>
/// <param name="Target">Its id.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Decision">For digits: 0-2 tens, units and tenths of the start, 3-5 of the end; else 0.</param>
/// <param name="Question">Index of its question in the row.</param>
public readonly record struct PredictedToken(int Row, int Position, long Target, TokenRole Role, int Decision, int Question);

/// <summary>Several windows of one length with several questions each, on one shared video prefix per row.</summary>
/// <param name="InputIds">[B, S] token ids; video pads where the features go.</param>
/// <param name="PositionIds">[3, 1, S] multimodal positions, the same for every row.</param>
/// <param name="Mask">[1, 1, S, S] additive: a question sees the prefix and itself, never another question.</param>
/// <param name="VideoStart">Position of the first video token.</param>
/// <param name="VideoTokens">Number of video tokens.</param>
/// <param name="Tokens">What is to be predicted.</param>
/// <param name="Questions">The questions by row.</param>
public sealed record PackedBatch(
    Tensor InputIds, Tensor PositionIds, Tensor Mask, int VideoStart, int VideoTokens,
    IReadOnlyList<PredictedToken> Tokens, IReadOnlyList<IReadOnlyList<Question>> Questions) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        InputIds.Dispose();
        PositionIds.Dispose();
        Mask.Dispose();
    }
}

/// <summary>Lays windows and their questions out as token sequences, with the serving prompts and answer format.</summary>
public sealed class QuestionPacker
{
    private readonly ChatTokenizer _tokenizer;
    private readonly GroundingPrompt _prompt;
    private readonly GroundingProfile _profile;
    private readonly SharedPrompt _shared;
    private readonly int _end;
    private readonly Dictionary<string, int[]> _cache = [];

    public QuestionPacker(ChatTokenizer tokenizer, GroundingProfile profile, QwenConfig config)
    {
        (_tokenizer, _profile, _prompt, _shared) = (tokenizer, profile, profile.Prompt, new(tokenizer, profile, config));
        _end = tokenizer.TokenId("<|im_end|>");
    }

    /// <summary>Video tokens of one frame pair: merged patches of the profile's grid.</summary>
    public int TokensPerPair => _shared.TokensPerPair;

    /// <summary>The ids of yes and no as first answer token.</summary>
    public (int Yes, int No) PresenceIds => (_tokenizer.Encode(_prompt.Yes)[0], _tokenizer.Encode(_prompt.No)[0]);

    /// <summary>Packs rows of questions over windows of <paramref name="pairs"/> pairs. Every row has the same number of questions.</summary>
    public PackedBatch Pack(IReadOnlyList<IReadOnlyList<Question>> rows, int pairs)
    {
        var prefix = _shared.Ids(pairs).ToArray();
        var shared = prefix.Length;
        var suffixes = rows.Select(row => row.Select(Suffix).ToArray()).ToArray();
        var longest = suffixes.Max(row => row.Max(s => s.Ids.Length));
        var perRow = suffixes[0].Length;
        var length = shared + perRow * longest;

        var ids = new long[rows.Count, length];
        var tokens = new List<PredictedToken>();
        for (var row = 0; row < rows.Count; row++)
        {
            for (var i = 0; i < shared; i++) ids[row, i] = prefix[i];
            for (var q = 0; q < perRow; q++)
            {
                var (suffix, answerAt, question) = suffixes[row][q];
                var offset = shared + q * longest;
                for (var i = 0; i < longest; i++) ids[row, offset + i] = i < suffix.Length ? suffix[i] : _end;
                AddTokens(tokens, suffix, answerAt, question, row, q, offset);
            }
        }
        return new(tensor(ids), Positions(pairs, shared, perRow, longest), SharedPrefixMask(shared, perRow, longest), _shared.VideoStart, pairs * TokensPerPair, tokens, rows);
    }

    private (int[] Ids, int AnswerAt, Question Question) Suffix(Question question)
    {
        var ask = Encode(_prompt.SuffixText(question.IsPresence ? _prompt.Presence(question.Text) : _prompt.Span(question.Text)));
        var answer = question switch
        {
            { IsPresence: true } => Encode(question.Span is null ? _prompt.No : _prompt.Yes),
            { Span: { } span } => Encode(GroundingAnswer.Format(span, _profile.AnswerFormat)),
            _ => throw new ArgumentException($"The span question '{question.Text}' has no span to learn."),
        };
        return ([.. ask, .. answer, _end], ask.Length, question);
    }

    private void AddTokens(List<PredictedToken> tokens, int[] suffix, int answerAt, Question question, int row, int index, int offset)
    {
        var digit = 0;
        for (var i = answerAt; i < suffix.Length; i++)
        {
            var role = question.IsPresence ? i == answerAt ? TokenRole.Presence : TokenRole.Template
                : IsDigit(suffix[i]) ? TokenRole.Digit : TokenRole.Template;
            tokens.Add(new(row, offset + i - 1, suffix[i], role, role == TokenRole.Digit ? digit++ : 0, index));
        }
    }

    private bool IsDigit(int id) => _tokenizer.Decode([id], skipSpecial: false) is [>= '0' and <= '9'];

    private int[] Encode(string text)
    {
        if (!_cache.TryGetValue(text, out var ids)) _cache[text] = ids = _tokenizer.Encode(text);
        return ids;
    }

    /// <summary>Serving's positions of the prefix and one question; the other questions stand at the same place.</summary>
    private Tensor Positions(int pairs, int shared, int perRow, int longest)
    {
        var (before, next) = _shared.Positions(pairs);
        var positions = new long[3, 1, shared + perRow * longest];
        for (var axis = 0; axis < 3; axis++)
            for (var i = 0; i < positions.GetLength(2); i++)
                positions[axis, 0, i] = i < shared ? before[axis][i] : next + (i - shared) % longest;
        return tensor(positions);
    }

    private static Tensor SharedPrefixMask(int shared, int perRow, int longest)
    {
        using var scope = NewDisposeScope();
        var length = shared + perRow * longest;
        var visible = ones(length, length, ScalarType.Bool).tril();
        for (var q = 1; q < perRow; q++)
            visible[TensorIndex.Slice(shared + q * longest, shared + (q + 1) * longest), TensorIndex.Slice(shared, shared + q * longest)] = false;
        return zeros(length, length).masked_fill(visible.logical_not(), KeptScalar.Of(float.NegativeInfinity)).view(1, 1, length, length).MoveToOuterDisposeScope();
    }
}
