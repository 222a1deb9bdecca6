using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>One event on its way out: what it is about, and its payload as JSON.</summary>
/// <param name="Id">Deterministic, so that an event told twice can be recognised.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="StreamId">Gives the source and the partition.</param>
/// <param name="Subject">Clip or session.</param>
/// <param name="At">When it happened.</param>
/// <param name="Data">The contract's record.</param>
internal sealed record OutgoingEvent(string Id, string Type, string StreamId, string Subject, DateTimeOffset At, JsonElement Data)
{
    public string Source => SourceOf(StreamId);

    public static string SourceOf(string streamId) => $"/streams/{Uri.EscapeDataString(streamId)}";

    public static OutgoingEvent Of(Core.SessionEvent happened) => happened switch
    {
        Core.ClipDetected detected => Clip(EventTypes.ClipDetected, EventPayloads.Of(detected), ContractsJson.Default.ClipDetected, happened.At),
        Core.ClipReady ready => Clip(EventTypes.ClipReady, EventPayloads.Of(ready), ContractsJson.Default.ClipReady, happened.At),
        Core.ClipFailed failed => Clip(EventTypes.ClipFailed, EventPayloads.Of(failed), ContractsJson.Default.ClipFailed, happened.At),
        Core.StreamOnline online => Stream(EventTypes.StreamOnline, EventPayloads.Of(online), happened.At),
        Core.StreamOffline offline => Stream(EventTypes.StreamOffline, EventPayloads.Of(offline), happened.At),
        _ => throw new ArgumentException($"{happened.GetType().Name} has no contract; add one to TempSamp.Live.Contracts"),
    };

    public static OutgoingEvent Clip<T>(string type, T clip, JsonTypeInfo<T> json, DateTimeOffset at) where T : ClipEvent =>
        new($"{clip.ClipId}:{clip.Revision}", type, clip.Stream.Id, clip.ClipId, at, JsonSerializer.SerializeToElement(clip, json));

    public static OutgoingEvent Stream(string type, StreamStatusChanged change, DateTimeOffset at) =>
        new($"{change.Stream.Session}:{change.State}", type, change.Stream.Id, change.Stream.Session, at, JsonSerializer.SerializeToElement(change, ContractsJson.Default.StreamStatusChanged));
}

/// <summary>Writes events as structured-mode CloudEvents 1.0 in JSON, with <c>partitionkey</c> and a zero-padded <c>sequence</c>, which sorts as text.</summary>
internal sealed class CloudEventWriter
{
    private readonly JsonEventFormatter _formatter = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }, default);

    /// <summary>One event as UTF-8 JSON without line breaks.</summary>
    public ReadOnlyMemory<byte> Write(OutgoingEvent outgoing, long sequence)
    {
        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0, [.. Partitioning.AllAttributes, .. Sequence.AllAttributes])
        {
            Id = outgoing.Id,
            Type = outgoing.Type,
            Source = new Uri(outgoing.Source, UriKind.Relative),
            Subject = outgoing.Subject,
            Time = outgoing.At.ToUniversalTime(),
            DataContentType = "application/json",
            Data = outgoing.Data,
            [Partitioning.PartitionKeyAttribute] = outgoing.StreamId,
            [Sequence.SequenceAttribute] = sequence.ToString("D20", CultureInfo.InvariantCulture),
        };
        return _formatter.EncodeStructuredModeMessage(cloudEvent, out _);
    }
}
