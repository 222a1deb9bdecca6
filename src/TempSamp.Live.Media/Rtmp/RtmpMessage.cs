namespace TempSamp.Live.Media;

/// <summary>One whole RTMP message.</summary>
/// <param name="Type">Message type id, see <see cref="RtmpType"/>.</param>
/// <param name="StreamId">Message stream: 0 for control, else as <c>createStream</c> answered.</param>
/// <param name="Timestamp">Milliseconds, absolute, wrapping at 32 bits.</param>
/// <param name="Payload">The message body.</param>
internal readonly record struct RtmpMessage(byte Type, int StreamId, uint Timestamp, ReadOnlyMemory<byte> Payload);

/// <summary>Message type ids (RTMP specification 1.0, sections 5.4 and 7.1).</summary>
internal static class RtmpType
{
    public const byte SetChunkSize = 1, Abort = 2, Acknowledgement = 3, UserControl = 4, WindowAckSize = 5, SetPeerBandwidth = 6;
    public const byte Audio = 8, Video = 9, DataAmf3 = 15, CommandAmf3 = 17, DataAmf0 = 18, CommandAmf0 = 20, Aggregate = 22;
}

/// <summary>A peer broke the RTMP protocol. The connection is closed; nothing else is affected.</summary>
internal sealed class RtmpException(string message) : Exception(message);
