using System.Text.Json;

namespace TempSamp.Live.Delivery;

/// <summary>An event that a worker hands over to whoever holds its stream's share: a message of the streams' topic, under a key of its own, until its taker clears it away.</summary>
/// <param name="Event">The event, as it was told.</param>
/// <param name="Trace">W3C trace context; null when nobody traces.</param>
/// <param name="Channels">Names of the channels that have yet to confirm it.</param>
internal sealed record ShareLetter(OutgoingEvent Event, string? Trace, IReadOnlyList<string> Channels)
{
    private const string Prefix = "event:";   // no stream's id has a colon in it

    /// <summary>Key of its message.</summary>
    public string Key => Prefix + Event.Id;

    /// <summary>Whether a key of the streams' topic is a letter's and not a stream's.</summary>
    public static bool IsKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The message's value.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.ShareLetter);

    /// <summary>Reads a message's value.</summary>
    /// <exception cref="JsonException">It is none of a letter.</exception>
    public static ShareLetter Read(byte[] value) => JsonSerializer.Deserialize(value, StateJson.Default.ShareLetter) ?? throw new JsonException("a letter is empty");
}
