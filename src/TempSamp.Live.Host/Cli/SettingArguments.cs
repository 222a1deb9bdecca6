using System.Text.RegularExpressions;

namespace TempSamp.Live.Host;

/// <summary>Takes <c>--Section:Key=value</c> out of a command line: every verb accepts any setting this way.</summary>
internal static partial class SettingArguments
{
    /// <summary>The settings, and the arguments that are none. A bare <c>--</c> ends the search.</summary>
    public static (Dictionary<string, string?> Settings, string[] Others) Split(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var rest = new List<string>();
        var open = true;
        foreach (var arg in args)
        {
            open &= arg != "--";
            if (open && Setting().Match(arg) is { Success: true } match) settings[match.Groups["key"].Value] = match.Groups["value"].Value;
            else rest.Add(arg);
        }
        return (settings, [.. rest]);
    }

    [GeneratedRegex("^--(?<key>[A-Za-z][A-Za-z0-9]*(:[A-Za-z0-9._-]+)+)=(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Setting();
}
