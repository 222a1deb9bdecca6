using System.Text;

namespace TempSamp.Live.Model;

/// <summary>The Qwen2.5-VL conversation format. Nothing is trimmed.</summary>
public static class ChatTemplate
{
    /// <summary>Said by the system where a conversation does not start with a system turn.</summary>
    public const string DefaultSystem = "You are a helpful assistant.";

    /// <summary>Writes a conversation with one placeholder for each image and video.</summary>
    /// <param name="messages">The turns, in order.</param>
    /// <param name="addGenerationPrompt">Whether to open the assistant's turn at the end.</param>
    /// <param name="addVisionId">Whether to number images and videos in front of each.</param>
    public static string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, bool addVisionId = false)
    {
        var text = new StringBuilder();
        var (images, videos) = (0, 0);
        if (messages.Count > 0 && messages[0].Role != "system") text.Append(Turn("system", DefaultSystem));
        foreach (var message in messages)
        {
            text.Append(OpenTurn(message.Role));
            foreach (var part in message.Content)
                text.Append(part.Kind switch
                {
                    ChatPartKind.Image => (addVisionId ? $"Picture {++images}: " : "") + Vision(ChatTokens.ImagePad),
                    ChatPartKind.Video => (addVisionId ? $"Video {++videos}: " : "") + Vision(ChatTokens.VideoPad),
                    _ => part.Text,
                });
            text.Append(CloseTurn);
        }
        return addGenerationPrompt ? text.Append(OpenTurn("assistant")).ToString() : text.ToString();
    }

    /// <summary>Repeats the k-th placeholder of each kind as often as the k-th grid has merged tokens.</summary>
    /// <param name="text">A rendered conversation.</param>
    /// <param name="images">Grids of its images, in order.</param>
    /// <param name="videos">Grids of its videos, in order.</param>
    /// <param name="mergeLength">Patches in a merge block.</param>
    /// <exception cref="ModelException">Placeholders and grids differ in number.</exception>
    public static string Expand(string text, IReadOnlyList<PatchGrid> images, IReadOnlyList<PatchGrid> videos, int mergeLength) =>
        Expand(Expand(text, ChatTokens.ImagePad, images, mergeLength), ChatTokens.VideoPad, videos, mergeLength);

    internal const string CloseTurn = ChatTokens.TurnEnd + "\n";

    internal static string OpenTurn(string role) => $"{ChatTokens.TurnStart}{role}\n";

    internal static string Turn(string role, string content) => OpenTurn(role) + content + CloseTurn;

    private static string Vision(string pad) => ChatTokens.VisionStart + pad + ChatTokens.VisionEnd;

    private static string Expand(string text, string pad, IReadOnlyList<PatchGrid> grids, int mergeLength)
    {
        var pieces = text.Split(pad);
        if (pieces.Length - 1 != grids.Count)
            throw new ModelException($"The text has {pieces.Length - 1} {pad} but {grids.Count} grids came with it: give one grid for each, in order.");
        var expanded = new StringBuilder(pieces[0]);
        for (var k = 0; k < grids.Count; k++)
            expanded.Insert(expanded.Length, pad, grids[k].Tokens(mergeLength)).Append(pieces[k + 1]);
        return expanded.ToString();
    }
}
