using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>A delivery folder of its own for each test, and events to put in it.</summary>
public sealed class DeliveryFixture : IDisposable
{
    private static readonly JsonEventFormatter _formatter = new();

    public string Root { get; } = Directory.CreateTempSubdirectory("tempsamp-delivery-").FullName;

    public string JournalPath => Path.Combine(Root, "events.jsonl");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 5, 0, TimeSpan.Zero));

    public IOptions<DeliveryOptions> Options => Microsoft.Extensions.Options.Options.Create(new DeliveryOptions { Directory = Root });

    public static TrackFormat Video { get; } = new(0, TrackKind.Video, "h264", default, 640, 360, FrameRate: 30000 / 1001.0);

    public static TrackFormat Audio { get; } = new(1, TrackKind.Audio, "aac", default, SampleRate: 48_000, Channels: 2);

    public JournalClipEvents Journal() => new(Options, Time, NullLogger<JournalClipEvents>.Instance);

    public FileClipStore Store() => new(Options, NullLogger<FileClipStore>.Instance);

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

    public StreamOnline Online(string stream = "match") => new(stream, stream + "-s1", Time.GetUtcNow(), [Video, Audio]);

    public StreamOffline Offline(string stream = "match") => new(stream, stream + "-s1", Time.GetUtcNow(), "ended", "the source ended the stream");

    /// <summary>Makes a cut clip in the spool.</summary>
    public static ClipFile Cut(FileClipStore store, ClipPlan plan, string content = "moving pictures", bool hasPoster = true)
    {
        var path = store.SpoolPath(plan);
        File.WriteAllText(path, content);
        var poster = Path.ChangeExtension(path, ".jpg");
        if (hasPoster) File.WriteAllText(poster, "a picture");
        return new(path, hasPoster ? poster : null, plan.Range, TimeRange.FromSeconds(10, 16.6), "copy", [Video, Audio]);
    }

    /// <summary>Every line of the journal, each read and validated as a CloudEvent by the CloudEvents SDK.</summary>
    public IReadOnlyList<CloudEvent> Lines() => [.. File.ReadAllText(JournalPath).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        _formatter.DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(line), null, [.. Partitioning.AllAttributes, .. Sequence.AllAttributes]).Validate())];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
