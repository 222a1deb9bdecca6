using System.Globalization;
using System.Text.RegularExpressions;

namespace TempSamp.Live.Model;

/// <summary>Reads and writes answers of the form <c>&lt;answer&gt;12.50 to 18.00&lt;/answer&gt;</c>. Serving, training and scoring share it.</summary>
public static partial class GroundingAnswer
{
    /// <summary>Ends at or after this many seconds are refused as nonsense.</summary>
    public const double MaxSeconds = 86_400;

    /// <summary>
    /// The span of an answer as rewards and serving read it: the last <c>a to b</c> of the last answer block. Null when there is none, or when it is
    /// reversed, empty or a day long.
    /// </summary>
    public static AnswerSpan? Parse(string text) =>
        Blocks().Matches(text) is [.., var block] ? Last(Pairs().Matches(block.Groups[1].Value)) : null;

    /// <summary>
    /// The span as published evaluations read it: the last <c>a to b</c> anywhere outside the reasoning, tags or not, lower case only. Null as for <see cref="Parse"/>.
    /// </summary>
    public static AnswerSpan? ParseLenient(string text) => Last(LowerPairs().Matches(Thoughts().Replace(text, "")));

    /// <summary>Whether the whole text is a thought block followed by an answer block.</summary>
    public static bool IsThoughtAndAnswer(string text) => ThoughtAndAnswer().IsMatch(text.Trim());

    /// <summary>Writes a span the way a model is trained to.</summary>
    public static string Format(AnswerSpan span, AnswerFormat format) =>
        format.Opening + Seconds(span.Start, format) + AnswerFormat.Middle + Seconds(span.End, format) + format.Closing;

    /// <summary>Writes one end of a span.</summary>
    public static string Seconds(double value, AnswerFormat format) =>
        value.ToString(new string('0', format.IntegerDigits) + (format.Decimals > 0 ? "." + new string('0', format.Decimals) : ""), CultureInfo.InvariantCulture);

    private static AnswerSpan? Last(MatchCollection pairs)
    {
        if (pairs is not [.., var pair]) return null;
        var (start, end) = (Number(pair.Groups[1].Value), Number(pair.Groups[2].Value));
        return start < end && end < MaxSeconds ? new(start, end) : null;
    }

    // \d takes digits of every script, as the reference's does; double.Parse takes ASCII only.
    private static double Number(string digits) => double.Parse(
        string.Concat(digits.Select(c => c == '.' ? "." : CharUnicodeInfo.GetDecimalDigitValue(c).ToString(CultureInfo.InvariantCulture))), CultureInfo.InvariantCulture);

    [GeneratedRegex("<answer>(.*?)</answer>", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    // The same pairs as (\d+\.?\d*) (to|and) (\d+\.?\d*), written so that a long run of digits is tried once.
    [GeneratedRegex(@"(?<!\d)(\d+(?:\.\d*)?) (?:to|and) (\d+(?:\.\d*)?)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pairs();

    [GeneratedRegex(@"(?<!\d)(\d+(?:\.\d*)?) (?:to|and) (\d+(?:\.\d*)?)")]
    private static partial Regex LowerPairs();

    [GeneratedRegex("<think>.*?(?:</think>|(?=<answer>)|$)", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Thoughts();

    [GeneratedRegex(@"^<think>.*?</think>\s*<answer>.*?</answer>\z", RegexOptions.Singleline)]
    private static partial Regex ThoughtAndAnswer();
}
