namespace TempSamp.Live.Model;

/// <summary>Texts of the tokens that structure a conversation.</summary>
public static class ChatTokens
{
    /// <summary>Ends a text and fills batches.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Starts a turn; the role follows.</summary>
    public const string TurnStart = "<|im_start|>";

    /// <summary>Ends a turn.</summary>
    public const string TurnEnd = "<|im_end|>";

    /// <summary>Comes before the placeholders of an image or video.</summary>
    public const string VisionStart = "<|vision_start|>";

    /// <summary>Comes after the placeholders of an image or video.</summary>
    public const string VisionEnd = "<|vision_end|>";

    /// <summary>Stands for one row of an image.</summary>
    public const string ImagePad = "<|image_pad|>";

    /// <summary>Stands for one row of a video.</summary>
    public const string VideoPad = "<|video_pad|>";

    /// <summary>Tokens that are dropped from shown text, in the order of their ids after the vocabulary.</summary>
    public static readonly IReadOnlyList<string> Special =
    [
        EndOfText, TurnStart, TurnEnd, "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>",
        VisionStart, VisionEnd, "<|vision_pad|>", ImagePad, VideoPad,
    ];

    /// <summary>Tokens of their own that are shown, in the order of their ids after <see cref="Special"/>.</summary>
    public static readonly IReadOnlyList<string> Shown =
        ["<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"];
}
