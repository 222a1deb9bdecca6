namespace TempSamp.Live.Model;

/// <summary>The ordered merges of a byte-pair vocabulary, applied to one piece of text at a time.</summary>
internal sealed class BytePairMerges
{
    private readonly int[] _byteIds;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;

    /// <param name="byteIds">Token id of each single byte.</param>
    /// <param name="merges">Pairs of token ids with their rank (lower first) and the id that they become.</param>
    public BytePairMerges(int[] byteIds, Dictionary<(int Left, int Right), (int Rank, int Id)> merges) => (_byteIds, _merges) = (byteIds, merges);

    /// <summary>Merges the best-ranked neighbours, leftmost first, until none can be merged, and appends the ids that remain.</summary>
    public void Encode(ReadOnlySpan<byte> piece, List<int> into)
    {
        // Tokens form a linked list over the places of their first bytes; the queue holds candidate merges, some of them out of date.
        var (ids, next, previous) = (new int[piece.Length], new int[piece.Length], new int[piece.Length]);
        for (var i = 0; i < piece.Length; i++) (ids[i], next[i], previous[i]) = (_byteIds[piece[i]], i + 1, i - 1);

        var queue = new PriorityQueue<(int At, int Left, int Right, int Id), (int Rank, int At)>();
        for (var i = 0; i + 1 < piece.Length; i++) Offer(i);
        while (queue.TryDequeue(out var merge, out _))
        {
            var right = next[merge.At];
            if (ids[merge.At] != merge.Left || right >= piece.Length || ids[right] != merge.Right) continue;
            ids[merge.At] = merge.Id;
            ids[right] = -1;
            next[merge.At] = next[right];
            if (next[right] < piece.Length) previous[next[right]] = merge.At;
            if (previous[merge.At] >= 0) Offer(previous[merge.At]);
            Offer(merge.At);
        }
        for (var i = 0; i < piece.Length; i = next[i]) into.Add(ids[i]);

        void Offer(int at)
        {
            if (next[at] < ids.Length && _merges.TryGetValue((ids[at], ids[next[at]]), out var merge))
                queue.Enqueue((at, ids[at], ids[next[at]], merge.Id), (merge.Rank, at));
        }
    }
}
