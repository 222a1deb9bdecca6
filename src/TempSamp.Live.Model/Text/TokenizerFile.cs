using System.Text.Json;

namespace TempSamp.Live.Model;

/// <summary>A token of the tokenizer's own, matched verbatim before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="Special">Whether shown text leaves it out.</param>
public sealed record AddedToken(int Id, string Text, bool Special);

/// <summary>What a <c>tokenizer.json</c> of the Qwen2.5 family holds: byte-level BPE, form C, one splitting expression.</summary>
/// <param name="Vocabulary">Bytes of each token, at its id.</param>
/// <param name="Merges">Pairs of token ids, best first, and the id that each becomes.</param>
/// <param name="Added">Tokens of its own.</param>
internal sealed record TokenizerFile(IReadOnlyDictionary<int, byte[]> Vocabulary, IReadOnlyList<(int Left, int Right, int Id)> Merges, IReadOnlyList<AddedToken> Added)
{
    /// <exception cref="ModelException">The file is missing, damaged, or of another kind of tokenizer.</exception>
    public static TokenizerFile Read(string path)
    {
        if (!File.Exists(path))
            throw new ModelException($"{path} does not exist: a model folder needs its tokenizer; copy tokenizer.json of the checkpoint beside the weights.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(path, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ModelException($"{path} is not a tokenizer file ({e.Message}): it is damaged, copy it again.", e);
        }
    }

    private static TokenizerFile Read(string path, JsonElement root)
    {
        var model = root.GetProperty("model");
        Require("model.type", model.GetProperty("type").GetString(), "BPE");
        Require("normalizer.type", root.GetProperty("normalizer").GetProperty("type").GetString(), "NFC");
        var splits = root.GetProperty("pre_tokenizer").GetProperty("pretokenizers").EnumerateArray().ToDictionary(p => p.GetProperty("type").GetString()!);
        Require("pre_tokenizer", string.Join(", ", splits.Keys), "Split, ByteLevel");
        Require("pre_tokenizer.pattern", splits["Split"].GetProperty("pattern").GetProperty("Regex").GetString(), PieceSplitter.Pattern);

        var ids = new Dictionary<string, int>();
        var vocabulary = new Dictionary<int, byte[]>();
        foreach (var token in model.GetProperty("vocab").EnumerateObject())
        {
            var id = ids[token.Name] = token.Value.GetInt32();
            if (!vocabulary.TryAdd(id, ByteAlphabet.Read(token.Name) ?? throw Bad($"token {id} is {token.Name}, which is not written in bytes")))
                throw Bad($"id {id} stands for two tokens");
        }
        return new(vocabulary, [.. model.GetProperty("merges").EnumerateArray().Select(Merge)], [.. root.GetProperty("added_tokens").EnumerateArray().Select(Added)]);

        void Require(string field, string? found, string wanted)
        {
            if (found != wanted) throw Bad($"{field} is {found}, wanted {wanted}");
        }

        // Merges are pairs in newer files and texts with a space in older ones.
        (int, int, int) Merge(JsonElement merge)
        {
            var pair = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(t => t.GetString()!)] : merge.GetString()!.Split(' ');
            if (pair is [var left, var right] && ids.TryGetValue(left, out var l) && ids.TryGetValue(right, out var r) && ids.TryGetValue(left + right, out var joined))
                return (l, r, joined);
            throw Bad($"merge {merge.GetRawText()} names a token that the vocabulary lacks");
        }

        AddedToken Added(JsonElement token)
        {
            var text = token.GetProperty("content").GetString()!;
            foreach (var flag in new[] { "single_word", "lstrip", "rstrip", "normalized" })
                if (token.TryGetProperty(flag, out var set) && set.GetBoolean())
                    throw Bad($"added token {text} has {flag} set, which tokenizers of this family never do");
            if (text.Length == 0) throw Bad("an added token is empty");
            return new(token.GetProperty("id").GetInt32(), text, token.GetProperty("special").GetBoolean());
        }

        ModelException Bad(string reason) => new($"{path} is not a tokenizer of the Qwen2.5 family: {reason}. Use the tokenizer.json that came with the checkpoint.");
    }
}
