using System.CommandLine;
using System.Globalization;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary><c>probe</c>: what is in a stream.</summary>
internal static class ProbeVerb
{
    public static Verb Create(VerbContext context)
    {
        var url = new Argument<string>("URL") { Description = "File or stream" };
        var json = new Option<bool>("--json") { Description = "Print what was found as JSON" };
        var verb = new Verb("probe", "Reads a few seconds of a stream and says what is in it",
            "tempsamp-live probe match.mp4",
            "tempsamp-live probe rtmp://ingest.example.com/live/match-7 --json")
        {
            url, json,
        };
        verb.SetAction((parsed, cancel) => RunAsync(context, context.Sources(parsed), parsed.GetValue(url)!, parsed.GetValue(json), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(VerbContext context, SettingsSources sources, string url, bool json, CancellationToken cancel)
    {
        var (configuration, ingest) = OneShotMedia.Prepare(sources);
        using var progress = new ProgressLine(context, TimeProvider.System);
        var facts = await progress.DuringAsync("reading", OneShotMedia.ProbeAsync(configuration, ingest, url, cancel));
        if (json) Json.Write(context.Output, facts);
        else Print(context.Output, facts);
        return ExitCode.Success;
    }

    private static void Print(TextWriter output, StreamFacts facts)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{facts.Url}: {facts.Container}, {(facts.Duration is { } length ? $"{length.TotalSeconds:0.00} s" : "live")}, {facts.BitsPerSecond / 1000} kbit/s"));
        foreach (var track in facts.Tracks)
            output.WriteLine(track.Kind == TrackKind.Video
                ? string.Create(CultureInfo.InvariantCulture, $"  video  {track.Codec} {track.Width}x{track.Height} {track.FrameRate:0.##} fps, {track.Packets} packets read")
                : string.Create(CultureInfo.InvariantCulture, $"  audio  {track.Codec} {track.SampleRate} Hz, {track.Channels} channels, {track.Packets} packets read"));
        output.WriteLine(facts.KeyFrameInterval is { } interval
            ? string.Create(CultureInfo.InvariantCulture, $"  key frames at most {interval.TotalSeconds:0.0#} s apart; clips begin at one")
            : string.Create(CultureInfo.InvariantCulture, $"  fewer than two key frames in the {facts.Read.TotalSeconds:0.0} s read; clips begin at one"));
    }
}
