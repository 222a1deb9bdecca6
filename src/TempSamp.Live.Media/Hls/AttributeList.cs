namespace TempSamp.Live.Media;

/// <summary>The attributes of a tag: <c>NAME=value,NAME="text"</c>.</summary>
internal sealed class AttributeList
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private AttributeList()
    {
    }

    /// <summary>The value without its quotes; null when the attribute is absent.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Names and values in the order of the tag; of two with the same name the first.</summary>
    public IEnumerable<KeyValuePair<string, string>> All => _values;

    /// <summary>Replaces every value.</summary>
    public void Replace(Func<string, string> with)
    {
        foreach (var (name, value) in _values) _values[name] = with(value);
    }

    /// <summary>Splits a list.</summary>
    /// <param name="text">What stands behind the tag's colon.</param>
    /// <param name="fault">What is wrong with it; null when nothing is.</param>
    /// <returns>The list; null when it cannot be split without guessing.</returns>
    public static AttributeList? Parse(ReadOnlySpan<char> text, out string? fault)
    {
        var list = new AttributeList();
        fault = null;
        for (var items = 0; !(text = text.TrimStart(" \t,")).IsEmpty; items++)
        {
            if (items >= PlaylistLimits.Attributes)
            {
                fault = $"the tag has more than {PlaylistLimits.Attributes} attributes";
                return null;
            }

            var equals = text.IndexOf('=');
            if (equals < 0) break; // words without a value say nothing that is asked for here
            var comma = text.IndexOf(',');
            if (comma >= 0 && comma < equals)
            {
                text = text[comma..];
                continue;
            }

            var name = text[..equals].Trim().ToString();
            if (!TryTakeValue(text[(equals + 1)..].TrimStart(), out var value, out text))
            {
                fault = $"attribute {SecretText.Printable(name)} has no closing quote";
                return null;
            }

            list._values.TryAdd(name, value);
        }

        return list;
    }

    private static bool TryTakeValue(ReadOnlySpan<char> text, out string value, out ReadOnlySpan<char> rest)
    {
        var isQuoted = text.StartsWith("\"");
        var length = isQuoted ? text[1..].IndexOf('"') : Math.Max(text.IndexOf(','), 0);
        value = "";
        rest = default;
        if (length < 0) return false;
        if (!isQuoted && length == 0 && !text.StartsWith(",")) length = text.Length;

        value = isQuoted ? text.Slice(1, length).ToString() : text[..length].Trim().ToString();
        rest = text[(isQuoted ? length + 2 : length)..];
        var comma = rest.IndexOf(',');
        rest = comma < 0 ? default : rest[comma..];
        return true;
    }
}
