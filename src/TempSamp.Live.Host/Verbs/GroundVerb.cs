using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Core;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;
using TempSamp.Live.Model;

namespace TempSamp.Live.Host;

/// <summary><c>ground</c>: where a file or stream shows what the sentences say.</summary>
internal static class GroundVerb
{
    private static readonly TapeBounds NoTape = new(TimeSpan.FromSeconds(10), 1 << 20);

    public static Verb Create(VerbContext context)
    {
        var url = new Argument<string>("URL") { Description = "File or stream; of a stream, the model's longest window is watched" };
        var query = new Option<string[]>("--query") { Description = "What to look for, in any language; may be given several times", HelpName = "TEXT", Required = true };
        var model = new Option<string>("--model") { Description = "Model folder in Hugging Face layout; otherwise Grounding:ModelDirectory", HelpName = "DIR" };
        var thinking = new Option<bool>("--cot") { Description = "Let the model reason before it answers, if it was trained to" };
        var json = new Option<bool>("--json") { Description = "Print the answers as JSON" };
        var verb = new Verb("ground", "Finds sentences in a file or stream",
            "tempsamp-live ground match.mp4 --query \"a goal is scored\" --query \"裁判出示黄牌\"",
            "tempsamp-live ground match.mp4 --query \"a goal is scored\" --model /models/TempSamp-R1-7B --cot --json")
        {
            url, query, model, thinking, json,
        };
        verb.SetAction((parsed, cancel) =>
        {
            var sources = context.Sources(parsed);
            if (parsed.GetValue(model) is { } folder)
                sources = sources with { CommandLine = new Dictionary<string, string?>(sources.CommandLine) { ["Grounding:ModelDirectory"] = folder } };
            return RunAsync(context, sources, parsed.GetValue(url)!, parsed.GetValue(query)!, parsed.GetValue(thinking), parsed.GetValue(json), cancel);
        });
        return verb;
    }

    private static async Task<int> RunAsync(VerbContext context, SettingsSources sources, string url, string[] queries, bool thinking, bool json, CancellationToken cancel)
    {
        var (configuration, ingest) = OneShotMedia.Prepare(sources);
        using var progress = new ProgressLine(context, TimeProvider.System);
        var options = Settings.Get<GroundingOptions>(configuration);
        var loading = new Forward<LoadProgress>(p => progress.Report($"loading the model: {p}"));
        using var model = await Task.Run(() => GroundingModel.Load(options, Settings.Get<TorchOptions>(configuration), loading), cancel);
        using var gpu = new GpuThread(options.Threads);
        var source = OneShotMedia.Source(configuration, ingest);
        using var closing = source as IDisposable;
        var window = TimeSpan.FromSeconds(model.Profile.WindowSeconds);
        await using var input = await progress.DuringAsync("opening", source.OpenAsync(new("ground", url, [], new(model.Size.Width, model.Size.Height, window, window), NoTape), cancel));

        MediaTime? limit = IsFile(url) ? null : MediaTime.From(window);
        var grounder = new OfflineGrounder(model, gpu, NullLogger<OfflineGrounder>.Instance);
        var verdicts = await grounder.GroundAsync(FramesAsync(input, limit, progress, cancel), queries, thinking, cancel);
        if (verdicts.Count == 0) throw new StreamException($"{url} gave no frame to look at. Check it with tempsamp-live probe.", "no-video");
        Tell(context, model, queries, verdicts, json);
        return ExitCode.Success;
    }

    private static async IAsyncEnumerable<SampledFrame> FramesAsync(IStreamInput input, MediaTime? limit, IProgress<string> progress, [EnumeratorCancellation] CancellationToken cancel)
    {
        var frames = Channel.CreateBounded<SampledFrame>(new BoundedChannelOptions(16) { SingleReader = true, SingleWriter = true });   // full: reading waits
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pump = input.PumpAsync(new NoPackets(), frames.Writer, enough.Token);
        await foreach (var frame in frames.Reader.ReadAllAsync(cancel))
        {
            if (frame.At >= limit) break;
            progress.Report($"looking at {frame.At}");
            yield return frame;
        }
        await enough.CancelAsync();
        try
        {
            await pump;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // All that is wanted was read.
        }
    }

    private static void Tell(VerbContext context, GroundingModel model, string[] queries, IReadOnlyList<WindowVerdict> verdicts, bool json)
    {
        if (json)
        {
            Json.Write(context.Output, new
            {
                Model = model.Identity,
                Answers = queries.Zip(verdicts, (query, verdict) => new
                {
                    Query = query,
                    StartMs = verdict.Span?.Start.Milliseconds,
                    EndMs = verdict.Span?.End.Milliseconds,
                    verdict.Presence,
                    verdict.Confidence,
                    verdict.Answer,
                }),
            });
            return;
        }
        foreach (var (query, verdict) in queries.Zip(verdicts))
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{query}: {verdict.Span?.ToString() ?? "no answer"}, presence {verdict.Presence:0.00}, confidence {verdict.Confidence:0.00}"));
    }

    private static bool IsFile(string url) => !url.Contains("://", StringComparison.Ordinal) || url.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    private sealed class Forward<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    private sealed class NoPackets : IPacketSink
    {
        public void Track(TrackFormat format, int epoch) { }

        public void Packet(MediaPacket packet) { }

        public void Note(StreamNote note) { }

        public void Date(MediaTime at, DateTimeOffset utc, string source) { }
    }
}
