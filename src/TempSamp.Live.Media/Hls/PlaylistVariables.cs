using System.Text;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Variables that a playlist defines and uses as <c>{$name}</c>. What comes out is checked like anything else the playlist says.</summary>
/// <param name="imported">What the master playlist defined; null for none.</param>
/// <param name="url">The playlist's address, whose query can be asked for.</param>
internal sealed class PlaylistVariables(IReadOnlyDictionary<string, string>? imported, StreamUrl url)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The variables defined so far.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Takes a definition.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public string? Define(AttributeList definition)
    {
        if (_values.Count >= PlaylistLimits.Variables) return $"there are more than {PlaylistLimits.Variables} variables";
        if (definition["NAME"] is { Length: > 0 } name)
            return definition["VALUE"] is not { } value ? $"variable {SecretText.Printable(name)} has no VALUE" : Add(name, value);
        if (definition["IMPORT"] is { } import)
            return imported?.TryGetValue(import, out var value) == true ? Add(import, value) : $"variable {SecretText.Printable(import)} is not defined by the master playlist";
        if (definition["QUERYPARAM"] is { } parameter)
            return Query(parameter) is { } value ? Add(parameter, value) : $"the playlist's address has no parameter {SecretText.Printable(parameter)}";
        return "a variable has neither NAME nor IMPORT nor QUERYPARAM";
    }

    /// <summary>The text with its variables replaced, once: what a variable holds is not looked at again.</summary>
    /// <param name="text">May hold <c>{$name}</c>.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    public string Expand(string text, out string? fault)
    {
        fault = null;
        if (!text.Contains("{$", StringComparison.Ordinal)) return text;
        var expanded = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        for (int start; (start = rest.IndexOf("{$")) >= 0 && rest[start..].IndexOf('}') is > 0 and var length;)
        {
            var name = rest.Slice(start + 2, length - 2).ToString();
            if (!_values.TryGetValue(name, out var value)) fault = $"variable {SecretText.Printable(name)} is not defined";
            else if (expanded.Length + start + value.Length > PlaylistLimits.LineLength) fault = $"its variables make it longer than {PlaylistLimits.LineLength} characters";
            if (fault is not null) return text;
            expanded.Append(rest[..start]).Append(value);
            rest = rest[(start + length + 1)..];
        }

        return expanded.Append(rest).ToString();
    }

    private string? Add(string name, string value) => _values.TryAdd(name, value) ? null : $"variable {SecretText.Printable(name)} is defined twice";

    private string? Query(string parameter)
    {
        if (url.Kind != StreamUrlKind.Http) return null;
        foreach (var pair in new Uri(url.Target).Query.TrimStart('?').Split('&'))
            if (pair.Split('=', 2) is [var name, var value] && Uri.UnescapeDataString(name) == parameter)
                return Uri.UnescapeDataString(value);
        return null;
    }
}
