using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TempSamp.Live.Host;

/// <summary>The usual help, followed by examples and by how settings are given.</summary>
internal sealed class TeachingHelp(IReadOnlyList<string> rootExamples) : SynchronousCommandLineAction
{
    private readonly HelpAction _plain = new();

    /// <summary>Whoever asks for help need not have given what is required.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        _plain.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in parseResult.CommandResult.Command is Verb verb ? verb.Examples : rootExamples) output.WriteLine($"  {example}");
        output.WriteLine();
        output.WriteLine("Any setting of appsettings.json can be given as --Section:Key=value, or as a variable TEMPSAMP_Section__Key.");
        output.WriteLine("Exit codes: 0 done, 1 failed and said why, 2 bad usage, 78 bad configuration.");
        return ExitCode.Success;
    }
}
