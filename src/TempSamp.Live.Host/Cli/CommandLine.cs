using System.CommandLine;
using System.CommandLine.Help;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Host;

/// <summary>The command line: verbs in, exit code out.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line to its end.</summary>
    /// <param name="cancel">Asks the verb to finish.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, bool errorIsTerminal, CancellationToken cancel)
    {
        var (settings, rest) = SettingArguments.Split(args);
        var parsed = Root(new(output, error, errorIsTerminal, settings)).Parse(rest);
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            foreach (var problem in parsed.Errors) error.WriteLine($"tempsamp-live: {problem.Message}");
            error.WriteLine("tempsamp-live: see --help, or VERB --help with examples");
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, cancel);
        }
        catch (SettingsException e)
        {
            error.WriteLine($"tempsamp-live: {e.Message}");
            return ExitCode.Configuration;
        }
        catch (OptionsValidationException e)
        {
            error.WriteLine($"tempsamp-live: {new SettingsException([.. e.Failures], e).Message}");
            return ExitCode.Configuration;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            error.WriteLine("tempsamp-live: interrupted");
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            error.WriteLine(Failures.Explain(e));
            return ExitCode.Failure;
        }
    }

    private static RootCommand Root(VerbContext context)
    {
        var run = RunVerb.Create(context);
        var root = new RootCommand("Watches live streams and cuts what producers ask for into clips.")
        {
            run,
            DemoVerb.Create(context),
            DoctorVerb.Create(context),
            KeyVerb.Create(context),
            StreamsVerb.Create(context),
            ProbeVerb.Create(context),
            ClipVerb.Create(context),
            GroundVerb.Create(context),
            ExplainVerb.Create(context),
        };
        root.Action = run.Action;
        root.Options.Add(VerbContext.ConfigFiles);
        root.Options.OfType<HelpOption>().Single().Action = new TeachingHelp(
        [
            "tempsamp-live demo --once --out demo",
            "tempsamp-live doctor",
            "tempsamp-live run --config my-streams.json",
            "tempsamp-live --Streams:match-7:Url=rtmp://ingest.example.com/live/match-7 --Streams:match-7:QuerySets:0=sports",
        ]);
        return root;
    }
}
