using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Windows of one length with their groups, each window's prefix laid out once.</summary>
/// <param name="InputIds">[B, S] token ids; video placeholders where the features go.</param>
/// <param name="PositionIds">[3, B, S] multimodal positions.</param>
/// <param name="Mask">[B, 1, S, S] bool: a completion sees the prefix, its own question and itself.</param>
/// <param name="VideoStart">Position of the first video token.</param>
/// <param name="Sources">For each of the N completion tokens the place in [B * S] whose hidden state predicts it.</param>
/// <param name="Targets">The N tokens.</param>
/// <param name="Owners">For each of the N tokens the number of its completion, counted over all rows and groups in order.</param>
public sealed record PackedGroups(Tensor InputIds, Tensor PositionIds, Tensor Mask, int VideoStart, long[] Sources, long[] Targets, int[] Owners) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        InputIds.Dispose();
        PositionIds.Dispose();
        Mask.Dispose();
    }
}

/// <summary>
/// Lays groups out so that one forward pass reads each window's video once, each question once and every completion once, with the gradients of
/// all of them flowing through the shared tokens.
/// </summary>
/// <param name="prompt">What the questions of a window share.</param>
/// <param name="pad">Fills rows up; never attended to by a token that counts.</param>
public sealed class GroupPacker(SharedPrompt prompt, int pad)
{
    /// <summary>Packs rows of groups over windows of <paramref name="pairs"/> pairs.</summary>
    public PackedGroups Pack(IReadOnlyList<IReadOnlyList<PolicyGroup>> rows, int pairs)
    {
        var prefix = prompt.Ids(pairs).ToArray();
        var (before, next) = prompt.Positions(pairs);
        // The last token of a completion is predicted, never read.
        var length = prefix.Length + rows.Max(row => row.Sum(g => g.Question.Prompt.Length + g.Completions.Sum(c => c.Tokens.Length - 1)));

        var ids = new long[rows.Count * length];
        var positions = new long[3 * rows.Count * length];
        var visible = new bool[rows.Count * length * length];
        var (sources, targets, owners) = (new List<long>(), new List<long>(), new List<int>());
        var completions = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            var at = 0;
            for (; at < prefix.Length; at++) Put(row, at, prefix[at], axis => before[axis][at], (0, at + 1));
            foreach (var group in rows[row])
            {
                var question = group.Question.Prompt;
                var asked = at;
                for (var i = 0; i < question.Length; i++, at++) Put(row, at, question[i], _ => next + i, (0, prefix.Length), (asked, at + 1));
                var answered = at;
                foreach (var completion in group.Completions)
                {
                    var first = at;
                    for (var i = 0; i < completion.Tokens.Length; i++)
                    {
                        sources.Add((long)row * length + (i == 0 ? answered : at) - 1);
                        targets.Add(completion.Tokens[i]);
                        owners.Add(completions);
                        if (i == completion.Tokens.Length - 1) break;
                        Put(row, at, completion.Tokens[i], _ => next + question.Length + i, (0, prefix.Length), (asked, answered), (first, at + 1));
                        at++;
                    }
                    completions++;
                }
            }
            for (; at < length; at++) Put(row, at, pad, _ => next, (at, at + 1));
        }
        return new(tensor(ids, [rows.Count, length]), tensor(positions, [3, rows.Count, length]), tensor(visible, [rows.Count, 1, length, length]),
            prompt.VideoStart, [.. sources], [.. targets], [.. owners]);

        // A token sees the ranges [From, End).
        void Put(int row, int at, int id, Func<int, long> position, params ReadOnlySpan<(int From, int End)> sees)
        {
            var place = row * length + at;
            ids[place] = id;
            for (var axis = 0; axis < 3; axis++) positions[axis * rows.Count * length + place] = position(axis);
            foreach (var (from, end) in sees) visible.AsSpan(place * length)[from..end].Fill(true);
        }
    }
}
