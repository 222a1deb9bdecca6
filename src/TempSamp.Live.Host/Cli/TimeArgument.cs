using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>A place in a stream on the command line: seconds (<c>83.5</c>) or <c>[hours:]minutes:seconds</c> (<c>1:23.5</c>), from its first packet.</summary>
internal static partial class TimeArgument
{
    /// <summary>A required option that takes a place in a stream.</summary>
    public static Option<MediaTime> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        Required = true,
        CustomParser = Parse,
    };

    /// <summary>The place, or null when the text names none.</summary>
    public static MediaTime? Read(string text)
    {
        if (!Shape().IsMatch(text)) return null;
        var seconds = text.Split(':').Aggregate(0.0, (total, part) => (total * 60) + double.Parse(part, CultureInfo.InvariantCulture));
        return MediaTime.FromSeconds(seconds);
    }

    /// <summary>The option's value while the command line is still being checked; null when it is missing or wrong, which is told elsewhere.</summary>
    public static MediaTime? ValueIn(CommandResult result, Option option) => result.GetResult(option) is { Tokens: [var token] } ? Read(token.Value) : null;

    private static MediaTime Parse(ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (Read(text) is { } time) return time;
        result.AddError($"'{text}' is no time; write seconds such as 83.5, or hours:minutes:seconds such as 0:01:23.5");
        return default;
    }

    [GeneratedRegex(@"^(\d{1,4}:)?([0-5]?\d:)?\d{1,6}(\.\d{1,6})?$")]
    private static partial Regex Shape();
}
