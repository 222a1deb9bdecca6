using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Media;

/// <summary>A result that is sent as JSON.</summary>
internal static class WorkerReply
{
    public static void Done<T>(WirePipe pipe, T result, JsonTypeInfo<T> type) => pipe.Send(WireKind.Done, JsonSerializer.SerializeToUtf8Bytes(result, type));

    /// <summary>Reads it on the parent's side.</summary>
    /// <exception cref="InvalidDataException">It is no such result.</exception>
    public static T Read<T>(WireMessage message, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Payload, type) ?? throw new InvalidDataException("its result is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"its result cannot be read: {e.Message}", e);
        }
    }
}
