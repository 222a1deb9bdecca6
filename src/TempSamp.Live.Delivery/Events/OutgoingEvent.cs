using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>One event on its way out: what it is about, and its payload as JSON.</summary>
/// <param name="Id">Deterministic, so that an event told twice can be recognised.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="StreamId">Gives the source and the partition.</param>
/// <param name="Subject">Clip or session.</param>
/// <param name="At">When it happened.</param>
/// <param name="Data">The contract's record as UTF-8 JSON.</param>
internal sealed record OutgoingEvent(string Id, string Type, string StreamId, string Subject, DateTimeOffset At, byte[] Data)
{
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
        new($"{clip.ClipId}:{clip.Revision}", type, clip.Stream.Id, clip.ClipId, at, ToUtf8(clip, json));

    public static OutgoingEvent Stream(string type, StreamStatusChanged change, DateTimeOffset at) =>
        new($"{change.Stream.Session}:{change.State}", type, change.Stream.Id, change.Stream.Session, at, ToUtf8(change, ContractsJson.Default.StreamStatusChanged));

    /// <summary>A contract's record as compact JSON whose text stays readable.</summary>
    private static byte[] ToUtf8<T>(T value, JsonTypeInfo<T> json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) JsonSerializer.Serialize(writer, value, json);
        return bytes.ToArray();
    }
}

/// <summary>An event that is in the state: the same for every channel, however often it is sent.</summary>
/// <param name="Seq">Its number among all events of this worker; only ever grows.</param>
/// <param name="Id">As in <see cref="OutgoingEvent"/>.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="StreamId">The stream.</param>
/// <param name="Subject">Clip or session.</param>
/// <param name="At">When it happened.</param>
/// <param name="Sequence">Its number among the events of its stream; only ever grows.</param>
/// <param name="Trace">W3C trace context; null when nobody traces.</param>
/// <param name="Data">The contract's record as UTF-8 JSON.</param>
public sealed record ToldEvent(long Seq, string Id, string Type, string StreamId, string Subject, DateTimeOffset At, long Sequence, string? Trace, ReadOnlyMemory<byte> Data);
