using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>The tokens of an answer's template, between which only digits are chosen.</summary>
internal sealed class AnswerGrammar
{
    /// <summary>Spells a template answer and finds its digits.</summary>
    /// <exception cref="ModelException">The tokenizer does not give each digit a token of its own.</exception>
    public AnswerGrammar(ChatTokenizer tokenizer, AnswerFormat format)
    {
        Format = format;
        Digits = [.. Enumerable.Range(0, 10).Select(d => tokenizer.TokenId($"{d}"))];
        var template = tokenizer.Encode(GroundingAnswer.Format(default, format));
        var zeros = Enumerable.Range(0, template.Length).Where(i => template[i] == Digits[0]).ToArray();
        var perNumber = format.IntegerDigits + format.Decimals;
        if (zeros.Length != 2 * perNumber)
            throw new ModelException($"The tokenizer spells \"{GroundingAnswer.Format(default, format)}\" without a token for each digit. Answers cannot be decoded digit by digit with it.");
        Opening = template[..zeros[0]];
        Point = format.Decimals == 0 ? [] : template[(zeros[format.IntegerDigits - 1] + 1)..zeros[format.IntegerDigits]];
        Middle = template[(zeros[perNumber - 1] + 1)..zeros[perNumber]];
        Closing = template[(zeros[^1] + 1)..];
        Choices = [.. Digits, .. new[] { Point, Middle, Closing }.Where(t => t.Length > 0).Select(t => t[0])];
    }

    /// <summary>A span as the model would write it behind the opening, the closing left out.</summary>
    public IReadOnlyList<int> Spell(AnswerSpan span) => [.. Spell(span.Start), .. Middle, .. Spell(span.End)];

    private IEnumerable<int> Spell(double seconds) => GroundingAnswer.Seconds(seconds, Format).SelectMany(c => c == '.' ? Point : [Digits[c - '0']]);

    /// <summary>How numbers are spelt.</summary>
    public AnswerFormat Format { get; }

    /// <summary>Token of each digit.</summary>
    public int[] Digits { get; }

    /// <summary>Tokens before the start.</summary>
    public int[] Opening { get; }

    /// <summary>Tokens between whole seconds and decimals; empty where there are no decimals.</summary>
    public int[] Point { get; }

    /// <summary>Tokens between start and end.</summary>
    public int[] Middle { get; }

    /// <summary>Tokens after the end.</summary>
    public int[] Closing { get; }

    /// <summary>Every token that a choice can be about: the digits, and the first token of what may end them.</summary>
    public IReadOnlyList<int> Choices { get; }

    /// <summary>Most tokens of an answer between opening and closing, of windows of up to a day.</summary>
    public int LongestAnswer => 2 * (Math.Max(Format.IntegerDigits, 5) + Point.Length + Format.Decimals) + Middle.Length;
}
