namespace TempSamp.Live.Model;

/// <summary>What an answer names: seconds from the start of the video that was asked about; <c>0 &lt;= Start &lt; End</c>.</summary>
public readonly record struct AnswerSpan(double Start, double End)
{
    /// <summary>Temporal intersection over union with another span, in [0, 1].</summary>
    public double IoU(AnswerSpan other)
    {
        var inter = Math.Max(0, Math.Min(End, other.End) - Math.Max(Start, other.Start));
        var hull = Math.Max(End, other.End) - Math.Min(Start, other.Start);
        return hull > 0 ? inter / hull : 0;
    }
}

/// <summary>How a span is spelt.</summary>
/// <param name="Decimals">Digits after the point.</param>
/// <param name="IntegerDigits">Least digits before the point; shorter numbers get zeros in front, so that every answer of a window has the same length.</param>
/// <param name="Spaced">Whether a space separates the numbers from the tags.</param>
public readonly record struct AnswerFormat(int Decimals, int IntegerDigits, bool Spaced = false)
{
    /// <summary>What comes before the start.</summary>
    public string Opening => Spaced ? "<answer> " : "<answer>";

    /// <summary>What comes between start and end.</summary>
    public static string Middle => " to ";

    /// <summary>What comes after the end.</summary>
    public string Closing => Spaced ? " </answer>" : "</answer>";

    /// <summary>The spelling of a style where a model does not name its own.</summary>
    public static AnswerFormat Of(PromptStyle style) => style switch
    {
        PromptStyle.Release => new(2, 1, Spaced: true),
        PromptStyle.Short => new(1, 2),
        _ => new(2, 1),
    };
}
