using System.CommandLine;

namespace TempSamp.Live.Host;

/// <summary>What a verb may use of the outside world.</summary>
/// <param name="Output">Results: text, or JSON with <c>--json</c>.</param>
/// <param name="Error">Messages and progress.</param>
/// <param name="ErrorIsTerminal">Whether progress may be drawn.</param>
/// <param name="CommandLine">Settings given as <c>--Section:Key=value</c>.</param>
internal sealed record VerbContext(TextWriter Output, TextWriter Error, bool ErrorIsTerminal, IReadOnlyDictionary<string, string?> CommandLine)
{
    /// <summary>Where this invocation's settings come from.</summary>
    public SettingsSources Sources(ParseResult parsed) => new() { Files = parsed.GetValue(ConfigFiles) ?? [], CommandLine = CommandLine };

    /// <summary><c>--config FILE</c>, known to every verb.</summary>
    public static readonly Option<string[]> ConfigFiles = new("--config")
    {
        Description = "A JSON file with settings; may be given several times",
        HelpName = "FILE",
        Recursive = true,
    };
}

/// <summary>A verb that shows examples in its help.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that work.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
