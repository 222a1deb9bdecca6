using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Configuration;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary><c>run</c>: the daemon, until it is asked to stop or every stream is over.</summary>
internal static class RunVerb
{
    public static Verb Create(VerbContext context)
    {
        var verb = new Verb("run", "Watches the configured streams (the default verb); Ctrl-C finishes the clips in hand",
            "tempsamp-live run --config my-streams.json",
            "tempsamp-live --Streams:match-7:Url=rtmp://ingest.example.com/live/match-7 --Streams:match-7:QuerySets:0=sports");
        verb.SetAction((parsed, cancel) => RunAsync(context, context.Sources(parsed), cancel));
        return verb;
    }

    /// <summary>Runs the daemon to its end.</summary>
    public static async Task<int> RunAsync(VerbContext context, SettingsSources sources, CancellationToken cancel)
    {
        var configuration = sources.Load();
        await using var daemon = Daemon.Create(configuration, sources: sources);
        if (!Settings.Get<ApiOptions>(configuration).Enabled && !daemon.Services.GetRequiredService<IStreamAssignments>().MayGrow && !daemon.Services.GetRequiredService<StreamBook>().Page.Options.Streams.Values.Any(stream => stream.Enabled))
            throw new SettingsException([new SettingError("Streams", "", "no stream is enabled", "add one, such as --Streams:match-7:Url=rtmp://... --Streams:match-7:QuerySets:0=sports").ToString()]);
        try
        {
            await daemon.StartAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        if (await daemon.RunToEndAsync(cancel) is not { } fault) return ExitCode.Success;
        context.Error.WriteLine(Failures.Explain(fault));
        return ExitCode.Failure;
    }
}
