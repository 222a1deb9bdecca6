using System.CommandLine;
using System.Threading.Channels;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary><c>clip</c>: cuts a range of a file or stream.</summary>
internal static class ClipVerb
{
    /// <summary>Frames are not looked at here: the smallest that a profile may ask for.</summary>
    private static readonly WindowProfile NoModel = new(28, 28, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

    private static readonly TapeBounds Tape = new(TimeSpan.FromSeconds(10), 64L << 20);

    public static Verb Create(VerbContext context)
    {
        var url = new Argument<string>("URL") { Description = "File or stream" };
        var from = TimeArgument.Option("--from", "Where the clip begins");
        var to = TimeArgument.Option("--to", "Where the clip ends");
        var mode = new Option<string>("--mode")
        {
            Description = "How it is cut: smart on the frame, copying nearly all; exact on the frame, encoding all again; copy from the key frame before",
            DefaultValueFactory = _ => "smart",
        };
        mode.AcceptOnlyFromAmong("smart", "exact", "copy");
        var format = new Option<string>("--format") { Description = "mp4, or hls: a playlist with fragmented MP4 beside the MP4", DefaultValueFactory = _ => "mp4" };
        format.AcceptOnlyFromAmong("mp4", "hls");
        var sprite = new Option<bool>("--sprite") { Description = "Put a sheet of small pictures with its WebVTT beside the MP4" };
        var vertical = new Option<bool>("--vertical") { Description = "Crop the middle to 9:16" };
        var output = new Option<FileInfo>("--out") { Description = "The MP4 to write; a poster is put beside it", HelpName = "FILE", Required = true };
        var json = new Option<bool>("--json") { Description = "Print what was cut as JSON" };
        var verb = new Verb("clip", "Cuts a range into an MP4",
            "tempsamp-live clip match.mp4 --from 12:30 --to 12:45 --out goal.mp4",
            "tempsamp-live clip rtmp://ingest.example.com/live/match-7 --from 0 --to 20 --out first.mp4 --json")
        {
            url, from, to, mode, format, sprite, vertical, output, json,
        };
        verb.Validators.Add(result =>
        {
            if (TimeArgument.ValueIn(result, to) <= TimeArgument.ValueIn(result, from)) result.AddError("--to must lie after --from");
        });
        verb.SetAction((parsed, cancel) => RunAsync(context, context.Sources(parsed), parsed.GetValue(url)!,
            new(parsed.GetValue(from), parsed.GetValue(to)), new(Enum.Parse<CutMode>(parsed.GetValue(mode)!, ignoreCase: true), parsed.GetValue(format) == "hls", parsed.GetValue(sprite), parsed.GetValue(vertical)), parsed.GetValue(output)!, parsed.GetValue(json), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(VerbContext context, SettingsSources sources, string url, TimeRange range, ClipForm form, FileInfo output, bool json, CancellationToken cancel)
    {
        var (configuration, ingest) = OneShotMedia.Prepare(sources);
        var middle = new MediaTime((range.Start.Ticks + range.End.Ticks) / 2);
        var source = OneShotMedia.Source(configuration, ingest);
        using var closing = source as IDisposable;
        var cutter = OneShotMedia.Cutter(configuration, ingest);
        using var ending = cutter as IDisposable;
        using var progress = new ProgressLine(context, TimeProvider.System);
        await using var input = await progress.DuringAsync("opening", source.OpenAsync(new("clip", url, [], NoModel, Tape), cancel));
        var file = await CutAsync(cutter, input, new(range, middle, output.FullName, form), progress, cancel);
        if (json) Json.Write(context.Output, Report(file));
        else context.Output.WriteLine($"{file.Path}: {file.Actual} ({file.Actual.Length}), asked for {file.Requested}; {file.Mode}, {file.Reencoded} of {file.Frames} frames encoded again{(file.Fallback is null ? "" : $" ({file.Fallback})")}");
        return ExitCode.Success;
    }

    private static object Report(ClipFile file) => new
    {
        file.Path, file.PosterPath, file.Mode, file.Fallback, Requested = Milliseconds(file.Requested), Actual = Milliseconds(file.Actual), file.Frames, file.Reencoded, file.Extras,
    };

    private static async Task<ClipFile> CutAsync(IClipCutter cutter, IStreamInput input, ClipOrder order, IProgress<string> progress, CancellationToken cancel)
    {
        var range = order.Range;
        var tape = new PacketTape(Tape);
        using var held = tape.Hold(range);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pump = PumpAsync(input, new ReportingSink(tape, range, progress), tape, enough.Token);
        var slicing = tape.SliceAsync(range, cancel);
        await Task.WhenAny(slicing, pump);
        await enough.CancelAsync();
        try
        {
            await pump;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // All that is needed was read.
        }
        var slice = await slicing;
        return await cutter.CutAsync(slice, order, cancel);
    }

    private static async Task PumpAsync(IStreamInput input, IPacketSink sink, PacketTape tape, CancellationToken cancel)
    {
        var ignored = Channel.CreateBounded<SampledFrame>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        try
        {
            await input.PumpAsync(sink, ignored.Writer, cancel);
        }
        finally
        {
            tape.Complete();
        }
    }

    private static object Milliseconds(TimeRange range) => new { StartMs = range.Start.Milliseconds, EndMs = range.End.Milliseconds };

    /// <summary>Passes packets on and says how far reading has come.</summary>
    private sealed class ReportingSink(IPacketSink next, TimeRange range, IProgress<string> progress) : IPacketSink
    {
        public void Track(TrackFormat format, int epoch) => next.Track(format, epoch);

        public void Note(StreamNote note) => next.Note(note);

        public void Date(MediaTime at, DateTimeOffset utc, string source) => next.Date(at, utc, source);

        public void Packet(MediaPacket packet)
        {
            next.Packet(packet);
            progress.Report($"reading {packet.Dts} of {range.End}");
        }
    }
}
