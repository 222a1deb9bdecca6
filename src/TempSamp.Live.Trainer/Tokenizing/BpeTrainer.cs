using System.Text;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Learns a small byte-level BPE vocabulary: starting from the 256 bytes, the most frequent pair of neighbours inside a piece of text becomes a token,
/// again and again. Of equally frequent pairs the one with the smaller ids wins, so the same corpus always gives the same vocabulary.
/// </summary>
public static class BpeTrainer
{
    /// <summary>Trains on texts, cut into pieces as <see cref="PieceSplitter"/> does.</summary>
    /// <param name="corpus">The texts; what is repeated weighs more.</param>
    /// <param name="vocabularySize">Tokens wanted, the 256 bytes included and the tokenizer's own tokens not; fewer come out when the corpus has no more pairs.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="vocabularySize"/> is less than 256.</exception>
    public static BpeVocabulary Train(IEnumerable<string> corpus, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 256);
        var tokens = ByteAlphabet.Order.Select(b => new[] { b }).ToList();
        var merges = new List<(int Left, int Right)>();
        var words = Words(corpus);

        while (tokens.Count < vocabularySize && BestPair(words) is { } pair)
        {
            foreach (var word in words) word.Merge(pair, tokens.Count);
            tokens.Add([.. tokens[pair.Left], .. tokens[pair.Right]]);
            merges.Add(pair);
        }
        return new(tokens, merges);
    }

    private static List<Word> Words(IEnumerable<string> corpus)
    {
        var byteIds = ByteAlphabet.Order.Select((b, id) => (b, id)).ToDictionary(p => p.b, p => p.id);
        return [.. corpus
            .SelectMany(text => PieceSplitter.Split(CanonicalForm.Compose(text)))
            .CountBy(piece => piece.ToString())
            .Where(piece => piece.Key.Length > 1)
            .Select(piece => new Word([.. Encoding.UTF8.GetBytes(piece.Key).Select(b => byteIds[b])], piece.Value))];
    }

    // A pair seen once saves nothing.
    private static (int Left, int Right)? BestPair(List<Word> words)
    {
        var counts = new Dictionary<(int Left, int Right), long>();
        foreach (var word in words)
            for (var i = 0; i + 1 < word.Ids.Count; i++)
                counts[(word.Ids[i], word.Ids[i + 1])] = counts.GetValueOrDefault((word.Ids[i], word.Ids[i + 1])) + word.Count;
        var (best, most) = (default((int Left, int Right)), 1L);
        foreach (var (pair, count) in counts)
            if (count > most || (count == most && most > 1 && pair.CompareTo(best) < 0))
                (best, most) = (pair, count);
        return most > 1 ? best : null;
    }

    /// <summary>A piece that the corpus holds <paramref name="Count"/> times, as the ids that it consists of so far.</summary>
    private sealed record Word(List<int> Ids, long Count)
    {
        public void Merge((int Left, int Right) pair, int id)
        {
            for (var i = 0; i + 1 < Ids.Count; i++)
            {
                if ((Ids[i], Ids[i + 1]) != pair) continue;
                Ids[i] = id;
                Ids.RemoveAt(i + 1);
            }
        }
    }
}
