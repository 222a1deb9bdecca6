using System.Globalization;
using System.Text;

namespace TempSamp.Live.Model;

/// <summary>
/// Cuts text into the pieces that byte pairs are merged inside of: words with the one sign in front of them, single digits, runs of signs, runs of white space.
/// </summary>
/// <remarks>
/// Equal to matching <see cref="Pattern"/> from left to right, but on code points: .NET's regular expressions see UTF-16 units and take no letter outside
/// the basic plane for one.
/// </remarks>
public static class PieceSplitter
{
    /// <summary>The expression that tokenizer files of the family state.</summary>
    public const string Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private enum Kind { End, Letter, Number, Space, NewLine, Sign }

    /// <summary>The pieces, in order; joined they are the text.</summary>
    public static IEnumerable<ReadOnlyMemory<char>> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = Next(text.AsSpan(start));
            yield return text.AsMemory(start, length);
            start += length;
        }
    }

    private static int Next(ReadOnlySpan<char> text)
    {
        if (Contraction(text) is > 0 and var contraction) return contraction;

        var kind = KindAt(text, 0, out var first);
        if (kind == Kind.Letter) return Run(text, first, Kind.Letter);
        if (kind == Kind.Number) return first;
        if (kind != Kind.NewLine && KindAt(text, first, out _) == Kind.Letter) return Run(text, first, Kind.Letter);

        var signs = kind == Kind.Sign ? 0 : text[0] == ' ' && KindAt(text, 1, out _) == Kind.Sign ? 1 : -1;
        return signs >= 0 ? Run(text, Run(text, signs, Kind.Sign), Kind.NewLine) : WhiteSpace(text);
    }

    // Up to the last line break of the run; else the whole run at the end of the text; else all but its last character, which goes to what follows.
    private static int WhiteSpace(ReadOnlySpan<char> text)
    {
        var (end, last, breaks) = (0, 0, 0);
        while (KindAt(text, end, out var length) is (Kind.Space or Kind.NewLine) and var kind)
        {
            last = end;
            end += length;
            if (kind == Kind.NewLine) breaks = end;
        }
        return breaks > 0 ? breaks : end == text.Length || last == 0 ? end : last;
    }

    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text is not ['\'', var first, ..]) return 0;
        var second = text.Length > 2 ? Fold(text[2]) : '\0';
        return (Fold(first), second) switch
        {
            ('s' or 't' or 'm' or 'd', _) => 2,
            ('r', 'e') or ('v', 'e') or ('l', 'l') => 3,
            _ => 0,
        };
    }

    // The long s is an s where case is ignored.
    private static char Fold(char c) => c == '\u017f' ? 's' : char.IsAscii(c) ? char.ToLowerInvariant(c) : c;

    private static int Run(ReadOnlySpan<char> text, int from, Kind kind)
    {
        while (KindAt(text, from, out var length) == kind) from += length;
        return from;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        length = 0;
        if (at >= text.Length) return Kind.End;
        Rune.DecodeFromUtf16(text[at..], out var rune, out length);
        if (rune.Value is '\r' or '\n') return Kind.NewLine;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Sign,
        };
    }
}
