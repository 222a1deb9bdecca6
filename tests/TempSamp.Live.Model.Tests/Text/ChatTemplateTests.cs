using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class ChatTemplateTests
{
    [Fact]
    public void Reference_conversations_render_to_the_same_text()
    {
        var cases = GoldenManifest.Cases("chat_template");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        var rows = cases.SelectMany(c => c.Rows).ToArray();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(
            row.GetProperty("text").GetString(),
            ChatTemplate.Render(Messages(row.GetProperty("messages")), row.GetProperty("add_generation_prompt").GetBoolean(), row.GetProperty("add_vision_id").GetBoolean())));
    }

    [Fact]
    public void Placeholders_are_repeated_once_a_merged_token()
    {
        var text = "a<|image_pad|>b<|video_pad|>c<|video_pad|>d";

        var expanded = ChatTemplate.Expand(text, [new(1, 4, 4)], [new(2, 2, 2), new(1, 2, 6)], mergeLength: 4);

        Assert.Equal("a" + Repeat("<|image_pad|>", 4) + "b" + Repeat("<|video_pad|>", 2) + "c" + Repeat("<|video_pad|>", 3) + "d", expanded);

        static string Repeat(string pad, int n) => string.Concat(Enumerable.Repeat(pad, n));
    }

    [Fact]
    public void Grids_without_a_placeholder_are_refused()
    {
        var error = Assert.Throws<ModelException>(() => ChatTemplate.Expand("no video here", [], [new(1, 2, 2)], 4));
        Assert.Contains("0 <|video_pad|> but 1 grids", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads messages in the reference's form: content is a text, or a list of items told apart by their keys.</summary>
    internal static IReadOnlyList<ChatMessage> Messages(JsonElement messages) =>
        [.. messages.EnumerateArray().Select(m => new ChatMessage(m.GetProperty("role").GetString()!, Parts(m.GetProperty("content"))))];

    private static IReadOnlyList<ChatPart> Parts(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? [ChatPart.Of(content.GetString()!)]
        : [.. content.EnumerateArray().Select(item =>
            item.TryGetProperty("image", out _) || item.TryGetProperty("image_url", out _) ? ChatPart.Image
            : item.TryGetProperty("video", out _) ? ChatPart.Video
            : ChatPart.Of(item.GetProperty("text").GetString()!))];
}
