namespace TempSamp.Live.Model;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its parts, joined without separators.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<ChatPart> Content)
{
    /// <summary>A turn of text alone.</summary>
    public ChatMessage(string role, string text) : this(role, [ChatPart.Of(text)])
    {
    }
}

/// <summary>A piece of a turn.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text; empty for an image or video.</param>
public readonly record struct ChatPart(ChatPartKind Kind, string Text)
{
    /// <summary>A place for an image.</summary>
    public static readonly ChatPart Image = new(ChatPartKind.Image, "");

    /// <summary>A place for a video.</summary>
    public static readonly ChatPart Video = new(ChatPartKind.Video, "");

    /// <summary>Text, as it is.</summary>
    public static ChatPart Of(string text) => new(ChatPartKind.Text, text);
}

/// <summary>What a piece of a turn is.</summary>
public enum ChatPartKind { Text, Image, Video }
