using System.Buffers;
using System.Text;

namespace TempSamp.Live.Model;

/// <summary>Text to token ids and back, exactly as the checkpoint's <c>tokenizer.json</c> says. Safe to share between threads.</summary>
public sealed class ChatTokenizer
{
    private readonly Dictionary<int, byte[]> _bytes;
    private readonly BytePairMerges _merges;
    private readonly AddedToken[] _added;                      // longest first
    private readonly SearchValues<char> _addedStarts;
    private readonly HashSet<int> _special;

    private ChatTokenizer(TokenizerFile file)
    {
        _bytes = file.Vocabulary.ToDictionary();
        foreach (var token in file.Added) _bytes[token.Id] = Encoding.UTF8.GetBytes(token.Text);
        _merges = new(ByteIds(file), RankedMerges(file));
        _added = [.. file.Added.OrderByDescending(t => t.Text.Length)];
        _addedStarts = SearchValues.Create([.. _added.Select(t => t.Text[0]).Distinct()]);
        _special = [.. file.Added.Where(t => t.Special).Select(t => t.Id)];
        Size = _bytes.Keys.Max() + 1;
    }

    /// <summary>Reads <c>tokenizer.json</c> of a model folder.</summary>
    /// <exception cref="ModelException">The file is missing, damaged, or of another kind of tokenizer.</exception>
    public static ChatTokenizer Load(string directory) => new(TokenizerFile.Read(Path.Combine(directory, "tokenizer.json")));

    /// <summary>One more than the highest id. A model may have more rows than this; their ids decode to nothing.</summary>
    public int Size { get; }

    /// <summary>Tokens of the tokenizer's own.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _added;

    /// <summary>The ids of a text. Nothing is added in front or behind.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>(text.Length / 3 + 1);
        var plain = 0;                                                                    // start of the text since the last added token
        for (var at = 0; at < text.Length;)
        {
            var skip = text.AsSpan(at).IndexOfAny(_addedStarts);
            if (skip < 0) break;
            at += skip;
            if (AddedAt(text.AsSpan(at)) is not { } token)
            {
                at++;
                continue;
            }
            EncodePlain(text[plain..at], ids);
            ids.Add(token.Id);
            plain = at += token.Text.Length;
        }
        EncodePlain(text[plain..], ids);
        return [.. ids];
    }

    /// <summary>The text of ids; bytes that are no valid UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecial">Whether to leave special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = true)
    {
        var bytes = new ArrayBufferWriter<byte>(ids.Length * 4 + 1);
        foreach (var id in ids) bytes.Write(Bytes(id, skipSpecial));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The id of a text that is exactly one token.</summary>
    /// <exception cref="ModelException">The text is none or several.</exception>
    public int TokenId(string text) => Encode(text) is [var id]
        ? id
        : throw new ModelException($"\"{text}\" is not one token of this tokenizer: the model folder's tokenizer.json does not suit what is asked of it.");

    /// <summary>Decodes ids as they come, holding back the bytes of an unfinished character.</summary>
    public TokenStream Stream(bool skipSpecial = true) => new(this, skipSpecial);

    internal ReadOnlySpan<byte> Bytes(int id, bool skipSpecial) =>
        skipSpecial && _special.Contains(id) ? default : _bytes.TryGetValue(id, out var bytes) ? bytes : default;

    private AddedToken? AddedAt(ReadOnlySpan<char> text)
    {
        foreach (var token in _added)
            if (text.StartsWith(token.Text, StringComparison.Ordinal)) return token;
        return null;
    }

    private void EncodePlain(string text, List<int> into)
    {
        if (text.Length == 0) return;
        foreach (var piece in PieceSplitter.Split(CanonicalForm.Compose(text)))
        {
            var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(piece.Length));
            _merges.Encode(utf8.AsSpan(0, Encoding.UTF8.GetBytes(piece.Span, utf8)), into);
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    private static int[] ByteIds(TokenizerFile file)
    {
        var ids = new int[256];
        Array.Fill(ids, -1);
        foreach (var (id, bytes) in file.Vocabulary)
            if (bytes is [var single]) ids[single] = id;
        return Array.IndexOf(ids, -1) is >= 0 and var missing
            ? throw new ModelException($"The tokenizer's vocabulary lacks byte {missing}: tokenizer.json is damaged, copy it again.")
            : ids;
    }

    private static Dictionary<(int, int), (int, int)> RankedMerges(TokenizerFile file)
    {
        var merges = new Dictionary<(int, int), (int, int)>(file.Merges.Count);
        for (var rank = 0; rank < file.Merges.Count; rank++)
            merges.TryAdd((file.Merges[rank].Left, file.Merges[rank].Right), (rank, file.Merges[rank].Id));
        return merges;
    }
}
