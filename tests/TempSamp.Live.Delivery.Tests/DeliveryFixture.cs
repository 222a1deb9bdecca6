using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>A delivery folder of its own for each test, and what happens to put in it.</summary>
public sealed class DeliveryFixture : IDisposable
{
    private static readonly JsonEventFormatter _formatter = new();

    public string Root { get; } = Directory.CreateTempSubdirectory("tempsamp-delivery-").FullName;

    public string JournalPath => Path.Combine(Root, "events.jsonl");

    public string StatePath => Path.Combine(Root, "state.db");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 5, 0, TimeSpan.Zero));

    public static TrackFormat Video { get; } = new(0, TrackKind.Video, "h264", default, 640, 360, FrameRate: 30000 / 1001.0);

    public static TrackFormat Audio { get; } = new(1, TrackKind.Audio, "aac", default, SampleRate: 48_000, Channels: 2);

    /// <summary>Starts delivery in the folder.</summary>
    /// <param name="also">Adds to or replaces what is registered.</param>
    public Task<RunningDelivery> StartAsync(Action<IServiceCollection>? also = null) => RunningDelivery.StartAsync(Root, Time, also);

    public static ClipPlan Plan(string clip = "c1", string stream = "match")
    {
        var span = TimeRange.FromSeconds(12, 16);
        var query = new HighlightQuery("goal", "进球 <&>", 0.6, ClipPolicy.Default);
        WindowVerdict[] sightings = [new("goal", TimeRange.FromSeconds(0, 20), span, 0.9, 0.8, "<answer>12 to 16</answer>"), new("goal", TimeRange.FromSeconds(4, 24), null, 0.7, 0.1, "?")];
        return new(clip, stream, stream + "-s1", new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero), "arrival", query,
            new("goal", span, 0.9, 0.8, sightings), TimeRange.FromSeconds(11.5, 16.5), new("tempsamp-mini", "sha256:ab"));
    }

    public ClipDetected Detected(string clip = "c1", string stream = "match") => new(Plan(clip, stream), TimeSpan.FromSeconds(4.1), Time.GetUtcNow());

    public ClipFailed Failed(string clip = "c1") => new(Plan(clip), "disk-full", "no space left", Time.GetUtcNow());

    public StreamOnline Online(string stream = "match", int session = 1) => new(stream, $"{stream}-s{session}", Time.GetUtcNow(), [Video, Audio]);

    public StreamOffline Offline(string stream = "match", int session = 1) => new(stream, $"{stream}-s{session}", Time.GetUtcNow(), "ended", "the source ended the stream");

    /// <summary>Makes a cut clip where the cutter would.</summary>
    public static ClipFile Cut(IClipDelivery delivery, ClipPlan plan, string content = "moving pictures", bool hasPoster = true, bool hasExtra = false)
    {
        var path = delivery.SpoolPath(plan);
        File.WriteAllText(path, content);
        var poster = Path.ChangeExtension(path, ".jpg");
        if (hasPoster) File.WriteAllText(poster, "a picture");
        var captions = Path.ChangeExtension(path, ".vtt");
        if (hasExtra) File.WriteAllText(captions, "WEBVTT");
        return new(path, hasPoster ? poster : null, plan.Range, TimeRange.FromSeconds(10, 16.6), "copy", [Video, Audio]) { Extras = hasExtra ? [captions] : [] };
    }

    /// <summary>Every line of the journal, each read and validated as a CloudEvent by the CloudEvents SDK.</summary>
    public IReadOnlyList<CloudEvent> Lines() => !File.Exists(JournalPath) ? [] : [.. ReadJournal().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        _formatter.DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(line), null, [.. Partitioning.AllAttributes, .. Sequence.AllAttributes]).Validate())];

    /// <summary>The journal as events, such as <c>online detected ready</c>.</summary>
    public string Story => string.Join(' ', Lines().Select(line => line.Type!.Split('.')[^2]));

    /// <summary>Moves the clock on, a second at a time, until something is so.</summary>
    public async Task PassTimeAsync(string what, Func<bool> holds) => await Testing.Until.TrueAsync(what, TimeSpan.FromSeconds(60), () =>
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(holds());
    });

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string ReadJournal()
    {
        using var reader = new StreamReader(new FileStream(JournalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
