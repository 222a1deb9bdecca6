using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary><c>demo</c>: the bundled broadcast over real loopback RTMP through the whole daemon.</summary>
internal static class DemoVerb
{
    public static Verb Create(VerbContext context)
    {
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for clips and events", HelpName = "DIR", DefaultValueFactory = _ => new("tempsamp-demo") };
        var port = new Option<int>("--port") { Description = "RTMP port on 127.0.0.1; 0, the default, picks a free one", HelpName = "N", CustomParser = Port };
        var once = new Option<bool>("--once") { Description = "End after one pass; otherwise play until Ctrl-C" };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON; what happens meanwhile goes to standard error" };
        var verb = new Verb("demo", "Plays a bundled, labelled broadcast through the daemon and compares its clips with the labels",
            "tempsamp-live demo",
            "tempsamp-live demo --once --out demo --json")
        {
            output, port, once, json,
        };
        verb.SetAction((parsed, cancel) => RunAsync(context, context.Sources(parsed), parsed.GetValue(output)!.FullName, parsed.GetValue(port), parsed.GetValue(once), parsed.GetValue(json), cancel));
        return verb;
    }

    private static int Port(ArgumentResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535) return port;
        result.AddError("--port wants a number from 0 to 65535");
        return 0;
    }

    private static async Task<int> RunAsync(VerbContext context, SettingsSources sources, string folder, int port, bool once, bool json, CancellationToken cancel)
    {
        var broadcast = DemoBroadcast.Load();
        var events = Channel.CreateUnbounded<SessionEvent>(new() { SingleReader = true });
        var configuration = (sources with { Embedded = DemoSettings.Of(broadcast, folder, port) }).Load();
        await using var daemon = Daemon.Create(configuration, services => services.Replace(ServiceDescriptor.Singleton<IClipEvents>(
            provider => new ObservedClipEvents(provider.GetRequiredService<ClipOutbox>(), events.Writer))));

        using var stop = new CancellationTokenSource();
        await daemon.StartAsync(cancel);
        var running = daemon.RunToEndAsync(stop.Token);
        var passed = false;
        Exception? fault;
        try
        {
            passed = await PlayAsync(context, daemon, broadcast, events.Reader, folder, once, json, cancel);
        }
        finally
        {
            await stop.CancelAsync();
            fault = await running;
        }
        if (fault is null) return passed ? ExitCode.Success : ExitCode.Failure;
        context.Error.WriteLine(Failures.Explain(fault));
        return ExitCode.Failure;
    }

    private static async Task<bool> PlayAsync(
        VerbContext context, Daemon daemon, DemoBroadcast broadcast, ChannelReader<SessionEvent> events, string folder, bool once, bool json, CancellationToken cancel)
    {
        var listener = daemon.Services.GetRequiredService<RtmpListener>();
        listener.Expect(DemoSettings.StreamKey);
        var url = $"rtmp://{listener.Endpoint}/live/{DemoSettings.StreamKey}";
        var live = json ? context.Error : context.Output;
        live.WriteLine($"Playing {broadcast.Length.TotalSeconds:0} s with {broadcast.Truths.Count} labelled events to {url}");
        var passed = true;
        do
        {
            using var progress = new ProgressLine(context, TimeProvider.System);
            try
            {
                var (report, cost) = await new DemoPass(broadcast, url, events, live, progress, TimeProvider.System).RunAsync(cancel);
                if (json) DemoPrinter.Document(context.Output, report, cost, folder);
                else DemoPrinter.Table(context.Output, report, cost, folder);
                if (!report.Passed)
                    context.Error.WriteLine($"tempsamp-live: the demo wants {DemoReport.WantedShare:0 %} of the events matched and at most {DemoReport.AllowedUnmatched} other clips");
                passed &= report.Passed;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested && !once)
            {
                return passed;   // Ctrl-C is how an endless demo ends
            }
        }
        while (!once && !cancel.IsCancellationRequested);
        return passed;
    }
}
