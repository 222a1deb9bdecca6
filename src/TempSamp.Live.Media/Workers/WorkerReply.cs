using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Media;

/// <summary>Jobs and results that are sent as JSON.</summary>
internal static class WorkerReply
{
    public static void Done<T>(WirePipe pipe, T result, JsonTypeInfo<T> type) => pipe.Send(WireKind.Done, JsonSerializer.SerializeToUtf8Bytes(result, type));

    /// <summary>Reads a job or a result.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static T Read<T>(WireMessage message, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Payload, type) ?? throw new InvalidDataException("its content is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"its content cannot be read: {e.Message}", e);
        }
    }
}
