using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>glass [--events N] [--json]</c>: from the instant that the last frame of an event is published over loopback RTMP to the instant that its clip is cut,
/// verified, stored, looked at again and told of. Every frame carries its number, so that the clips prove what they hold.
/// </summary>
public static class GlassVerb
{
    private const int Width = 320, Height = 180, Rate = 25;
    private const double Period = 7, Length = 2;
    private static readonly TimeSpan _postRoll = TimeSpan.FromSeconds(0.5);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var events = new Option<int>("--events") { Description = "Events to wait for, one every seven seconds.", DefaultValueFactory = _ => 8 };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("glass", "Measures from an event's last frame to its finished clip.") { events, json };
        command.SetAction(async (parse, cancel) =>
        {
            var report = await MeasureAsync(parse.GetValue(events), cancel);
            Console.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(report) : report.ToString());
        });
        return command;
    }

    private static async Task<GlassReport> MeasureAsync(int events, CancellationToken cancel)
    {
        FFmpegLog.RouteTo(null);
        var folder = Directory.CreateTempSubdirectory("tempsamp-glass-").FullName;
        try
        {
            var video = Paint(folder, events);
            var query = new HighlightQuery("mark", "the mark is shown", 0.5, ClipPolicy.Default with { PadAfter = _postRoll });
            await using var studio = await Studio.StartAsync(new MarkFinder(), [new StreamSpec("glass", "listen:glass", [query])]);
            var sent = new SentFrames();
            await new RtmpPublisher(TimeProvider.System).PublishAsync(video, $"rtmp://{studio.Listener.Endpoint}/live/glass", position: sent, cancel: cancel);
            await studio.Registry.StopAsync();

            var ready = studio.Events.Where(told => told.Event is ClipReady).Select(told => (Clip: ((ClipReady)told.Event).Clip, told.At)).ToList();
            return new(MachineFacts.Read(), events, _postRoll, [.. ready.Select(clip => Measured(clip.Clip, clip.At, sent))]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static GlassFigure Measured(StoredClip clip, DateTimeOffset at, SentFrames sent)
    {
        var number = (int)((clip.Plan.Moment.Span.Start.Seconds + (Length / 2)) / Period);
        var end = (number * Period) + Period;   // events end where their period does
        var frames = FrameReader.ReadFrames(new Uri(clip.Uri).LocalPath, Width, Height).ToList();
        var (first, last) = (PaintedFrame.Number(frames[0].Rgb, Width), PaintedFrame.Number(frames[^1].Rgb, Width));
        var holds = first <= (end - Length) * Rate && last >= (end * Rate) - (Rate / 2) - 1;   // the last frame looked at is up to half a second before the end
        return new(number, end, (at - sent.At(MediaTime.FromSeconds(end - (1.0 / Rate)))).TotalSeconds, clip.File.Mode, holds);
    }

    private static string Paint(string folder, int events)
    {
        var path = Path.Combine(folder, "marks.mp4");
        using var writer = VideoFileWriter.Create(path, new() { Width = Width, Height = Height, FrameRate = new(Rate), Preset = "ultrafast", GopSize = Rate, SampleRate = 48_000, Channels = 1 });
        var frames = (int)(((events * Period) + 6) * Rate);
        for (var i = 0; i < frames; i++)
        {
            var inPeriod = i / (double)Rate % Period;
            writer.WriteFrame(PaintedFrame.Rgb(Width, Height, i, inPeriod >= Period - Length && i < events * Period * Rate));
        }
        writer.WriteSamples(new short[48_000 * frames / Rate]);
        writer.Finish();
        return path;
    }

    /// <summary>When each frame was sent. Written by the publisher's loop, read after it.</summary>
    private sealed class SentFrames : IProgress<MediaTime>
    {
        private readonly List<(MediaTime Media, DateTimeOffset Wall)> _sent = [];

        public void Report(MediaTime value) => _sent.Add((value, TimeProvider.System.GetUtcNow()));

        public DateTimeOffset At(MediaTime media) => _sent.Last(sent => sent.Media <= media + TimeSpan.FromMilliseconds(5)).Wall;
    }
}

/// <summary>One event's way to its clip.</summary>
/// <param name="Event">Number of the event.</param>
/// <param name="EndsAt">Its end in seconds of the broadcast.</param>
/// <param name="Seconds">From its last frame to its clip.</param>
/// <param name="Mode">How it was cut.</param>
/// <param name="HoldsEvent">Whether the frames' numbers in the clip are those of the event.</param>
public sealed record GlassFigure(int Event, double EndsAt, double Seconds, string Mode, bool HoldsEvent);

/// <summary>All of them.</summary>
public sealed record GlassReport(MachineFacts Machine, int Events, TimeSpan PostRoll, IReadOnlyList<GlassFigure> Clips)
{
    /// <summary>Median in seconds.</summary>
    public double Median => Quantile(0.5);

    /// <summary>95th percentile in seconds.</summary>
    public double P95 => Quantile(0.95);

    /// <summary>Whether each event has one clip that holds it, p95 within four seconds.</summary>
    public bool IsGood => Clips.Count == Events && Clips.All(clip => clip.HoldsEvent) && P95 <= 4;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine}
        {Clips.Count} clips of {Events} events, {Clips.Count(clip => clip.HoldsEvent)} hold their event; post-roll {PostRoll.TotalSeconds:0.0} s
        event's last frame to told clip: median {Median:0.00} s, p95 {P95:0.00} s, most {Clips.Max(clip => clip.Seconds):0.00} s
        {(IsGood ? "within" : "NOT within")} 4 s
        """);

    private double Quantile(double q) => Clips.Count == 0 ? double.NaN : Clips.Select(clip => clip.Seconds).Order().ElementAt(Math.Min(Clips.Count - 1, (int)Math.Ceiling(q * Clips.Count) - 1));
}
