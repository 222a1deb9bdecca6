using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>A trained vocabulary. The tokenizer's own tokens (<see cref="ChatTokens"/>) take the ids after it.</summary>
/// <param name="Tokens">Bytes of each token, at its id.</param>
/// <param name="Merges">Pairs of ids, best first; merge k makes token 256 + k.</param>
public sealed record BpeVocabulary(IReadOnlyList<byte[]> Tokens, IReadOnlyList<(int Left, int Right)> Merges)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All ids, the tokenizer's own included: the least number of embedding rows.</summary>
    public int Size => Tokens.Count + ChatTokens.Special.Count + ChatTokens.Shown.Count;

    /// <summary>The id that one of the tokenizer's own tokens gets.</summary>
    public int IdOf(string ownToken) => Own.First(t => t.Text == ownToken).Id;

    private IEnumerable<AddedToken> Own =>
        ChatTokens.Special.Select((text, i) => new AddedToken(Tokens.Count + i, text, true))
            .Concat(ChatTokens.Shown.Select((text, i) => new AddedToken(Tokens.Count + ChatTokens.Special.Count + i, text, false)));

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>, in the form of the published checkpoints, into a model folder.</summary>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), TokenizerJson().ToJsonString(Json) + "\n");
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), ConfigJson().ToJsonString(Json) + "\n");
    }

    private JsonObject TokenizerJson()
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < Tokens.Count; id++) vocabulary[ByteAlphabet.Write(Tokens[id])] = id;
        var merges = Merges.Select(m => (JsonNode)new JsonArray(ByteAlphabet.Write(Tokens[m.Left]), ByteAlphabet.Write(Tokens[m.Right])));
        return new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. Own.Select(t => Flags(new() { ["id"] = t.Id }, t))]),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = PieceSplitter.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    ByteLevel()),
            },
            ["post_processor"] = ByteLevel(),
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "",
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges]),
            },
        };
    }

    private JsonObject ConfigJson() => new()
    {
        ["add_bos_token"] = false,
        ["add_prefix_space"] = false,
        ["added_tokens_decoder"] = new JsonObject(Own.Select(t => KeyValuePair.Create(t.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)Flags([], t)))),
        ["additional_special_tokens"] = new JsonArray([.. ChatTokens.Special.Skip(1).Select(t => (JsonNode)t)]),
        ["bos_token"] = null,
        ["clean_up_tokenization_spaces"] = false,
        ["eos_token"] = ChatTokens.TurnEnd,
        ["errors"] = "replace",
        ["model_max_length"] = 131072,
        ["pad_token"] = ChatTokens.EndOfText,
        ["split_special_tokens"] = false,
        ["tokenizer_class"] = "Qwen2Tokenizer",
        ["unk_token"] = null,
    };

    private static JsonObject Flags(JsonObject entry, AddedToken token)
    {
        entry["content"] = token.Text;
        foreach (var flag in new[] { "single_word", "lstrip", "rstrip", "normalized" }) entry[flag] = false;
        entry["special"] = token.Special;
        return entry;
    }

    private static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false };
}
