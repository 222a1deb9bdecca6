using System.Globalization;
using System.Text.RegularExpressions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Makes the key of a clip from a pattern such as <c>{tenant}/{stream}/{date}/{query}/{clip}</c>.</summary>
internal sealed partial class KeyTemplate(string pattern, string tenant)
{
    private static readonly HashSet<string> _names = ["tenant", "stream", "session", "query", "clip", "date", "year", "month", "day", "hour"];

    /// <summary>Longest key that S3 takes, less room for extensions.</summary>
    private const int Longest = 960;

    /// <summary>What is wrong with a pattern; null when it can be used.</summary>
    public static string? FaultOf(string pattern)
    {
        var unknown = Placeholder().Matches(pattern).Select(match => match.Groups[1].Value).FirstOrDefault(name => !_names.Contains(name));
        if (unknown is not null) return $"{{{unknown}}} is not known";
        if (!pattern.Contains("{clip}", StringComparison.Ordinal)) return "without {clip} clips would replace each other";
        return Placeholder().Replace(pattern, "").AsSpan().IndexOfAny("{}\\?#") >= 0 ? "braces and the signs \\ ? # cannot be in a key" : null;
    }

    /// <summary>The key, without extension. Empty parts are left out.</summary>
    public string KeyOf(ClipPlan plan)
    {
        var at = (plan.SessionStartedAt + plan.Range.Start.ToTimeSpan()).UtcDateTime;
        var key = Placeholder().Replace(pattern, match => Safe(match.Groups[1].Value switch
        {
            "tenant" => tenant,
            "stream" => plan.StreamId,
            "session" => plan.SessionId,
            "query" => plan.Query.Id,
            "clip" => plan.Id,
            "date" => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "year" => at.ToString("yyyy", CultureInfo.InvariantCulture),
            "month" => at.ToString("MM", CultureInfo.InvariantCulture),
            "day" => at.ToString("dd", CultureInfo.InvariantCulture),
            _ => at.ToString("HH", CultureInfo.InvariantCulture),
        }));
        key = string.Join('/', key.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return key.Length <= Longest ? key : $"{key[..(Longest - plan.Id.Length - 1)]}-{plan.Id}";
    }

    /// <summary>Letters, digits, dot, dash and underscore stay; whatever else becomes a dash, so that a name never makes a path.</summary>
    private static string Safe(string part)
    {
        var safe = string.Concat(part.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '-'));
        return safe is "." or ".." ? "-" : safe;
    }

    [GeneratedRegex(@"\{([a-z]*)\}")]
    private static partial Regex Placeholder();
}
