using System.Text;
using System.Text.RegularExpressions;

namespace TempSamp.Live.Model;

/// <summary>Cleans what a producer asks for before it goes into a prompt.</summary>
public static partial class QueryText
{
    /// <summary>Longest query, in UTF-16 units after cleaning.</summary>
    public const int MaxLength = 500;

    /// <summary>
    /// Collapses white space and control characters, strips trailing full stops, and breaks up anything that a tokenizer would read as one of its own
    /// tokens, so that a query is never more than words.
    /// </summary>
    /// <exception cref="ModelException">Nothing is left, or too much.</exception>
    public static string Normalise(string query)
    {
        var text = TokenOpening().Replace(Collapse(query).TrimEnd('.', ' '), "< ");
        if (text.Length == 0) throw new ModelException("The query is empty: say in a few words what to look for.");
        if (text.Length > MaxLength) throw new ModelException($"The query \"{text[..40]}...\" has {text.Length} characters, at most {MaxLength} are allowed: shorten it.");
        return text;
    }

    private static string Collapse(string query)
    {
        var text = new StringBuilder(query.Length);
        foreach (var rune in query.EnumerateRunes())                                     // a lone surrogate comes as U+FFFD
            if (!Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune)) text.Append(rune);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        return text.ToString().TrimEnd(' ');
    }

    // Every token of the tokenizer's own is <|name|>, <name> or </name>.
    [GeneratedRegex(@"<(?=\||/?[a-z_]+>)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TokenOpening();
}
