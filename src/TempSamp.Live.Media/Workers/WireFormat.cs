using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>How the records of a stream are written into messages. Reading checks shapes; whether values make sense is the receiver's to check.</summary>
internal static class WireFormat
{
    private const int LargestConfig = 1 << 20, LongestName = 64, LongestText = 4096, LongestBookmark = 32 * 1024;
    private static readonly TimeSpan s_longestHole = TimeSpan.FromDays(2);
    private const byte Key = 1, Damaged = 2, Hidden = 4;

    public static WireWriter Track(this WireWriter to, TrackFormat track, int epoch) => to
        .Int(epoch).Int(track.Index).Byte((byte)track.Kind).Text(track.Codec).Bytes(track.CodecConfig.Span).Int(track.Width).Int(track.Height)
        .Int(track.SampleRate).Int(track.Channels).Int(track.FrameSize).Double(track.FrameRate).Int(track.Profile).Int(track.Level)
        .Double(track.PixelAspect).Int(track.Rotation);

    public static (TrackFormat Format, int Epoch) ReadTrack(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var epoch = from.Int();
        var track = new TrackFormat(from.Int(), (TrackKind)from.Byte(), from.Text(LongestName), from.Bytes(LargestConfig), from.Int(), from.Int(),
            from.Int(), from.Int(), from.Int(), from.Double(), from.Int(), from.Int(), from.Double(), from.Int());
        from.End();
        return (track, epoch);
    }

    /// <summary>All of a packet but its data, which follow it.</summary>
    public static WireWriter Packet(this WireWriter to, MediaPacket packet) => to
        .Int(packet.Track).Int(packet.Epoch).Long(packet.Pts.Ticks).Long(packet.Dts.Ticks).Long(packet.Duration.Ticks).Byte((byte)((packet.IsKey ? Key : 0) | (packet.IsDamaged ? Damaged : 0) | (packet.IsHidden ? Hidden : 0)))
        .Int(packet.Data.Length);

    public static MediaPacket ReadPacket(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var (track, epoch, pts, dts, duration, flags) = (from.Int(), from.Int(), from.Long(), from.Long(), from.Long(), from.Byte());
        var packet = new MediaPacket(track, epoch, new(pts), new(dts), new(duration), (flags & Key) != 0, from.Bytes(WirePipe.LargestPayload), (flags & Damaged) != 0) { IsHidden = (flags & Hidden) != 0 };
        from.End();
        return packet;
    }

    /// <summary>All of a frame but its pixels, which are a message of their own.</summary>
    public static WireWriter Frame(this WireWriter to, SampledFrame frame) => to.Long(frame.Slot).Int(frame.Width).Int(frame.Height).Long(frame.DecodedAt);

    public static SampledFrame ReadFrame(WireMessage message, WireMessage pixels, Action<byte[]>? release)
    {
        var from = new WireReader(message.Payload);
        var (slot, width, height, decodedAt) = (from.Long(), from.Int(), from.Int(), from.Long());
        from.End();
        return pixels.Kind != WireKind.Pixels ? throw new InvalidDataException($"{pixels.Kind} comes where a frame's pixels belong")
            : new(slot, new(slot * (MediaTime.TicksPerSecond / 2)), width, height, pixels.Payload, decodedAt) { Release = release };
    }

    public static WireWriter Note(this WireWriter to, StreamNote note) => to.Long(note.At.Ticks).Long(note.Length.Ticks).Text(note.Kind).Text(Short(note.Text));

    public static StreamNote ReadNote(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var (at, length, kind, text) = (new MediaTime(from.Long()), new MediaTime(from.Long()), from.Text(LongestName), from.Text(LongestText));
        from.End();
        return new(SecretText.Printable(kind), at, SecretText.Printable(text, LongestText), length);
    }

    public static WireWriter Date(this WireWriter to, MediaTime at, DateTimeOffset utc, string source) => to.Long(at.Ticks).Long(utc.UtcTicks).Text(source);

    public static (MediaTime At, DateTimeOffset Utc, string Source) ReadDate(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var (at, utc, source) = (new MediaTime(from.Long()), Instant(from.Long()), from.Text(LongestName));
        from.End();
        return (at, utc, SecretText.Printable(source));
    }

    public static WireWriter Opened(this WireWriter to, Opening opening) => to.Long(opening.StartedAt.UtcTicks).Long(opening.Skipped.Ticks).Int(opening.IsLive ? 1 : 0).Long(opening.MissingBefore?.Ticks ?? -1).Text(opening.ClockSource);

    public static Opening ReadOpened(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var (startedAt, skipped, isLive, missing, source) = (Instant(from.Long()), new MediaTime(from.Long()), from.Int() != 0, from.Long(), from.Text(LongestName));
        from.End();
        return new(startedAt, SecretText.Printable(source), skipped, isLive, missing < 0 ? null : TimeSpan.FromTicks(Math.Min(missing, s_longestHole.Ticks)));
    }

    public static string ReadBookmark(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var text = from.Text(LongestBookmark);
        from.End();
        return text;
    }

    public static WireWriter Place(this WireWriter to, TimelinePlace place) => to.Long(place.At.Ticks).Int(place.Epoch);

    public static TimelinePlace ReadPlace(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        return new(new(from.Long()), from.Int());
    }

    public static WireWriter Log(this WireWriter to, LogLevel level, string text) => to.Int((int)level).Text(Short(text));

    public static (LogLevel Level, string Text) ReadLog(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var (level, text) = ((LogLevel)from.Int(), from.Text(LongestText));
        from.End();
        return level is >= LogLevel.Trace and < LogLevel.None ? (level, SecretText.Printable(text, LongestText)) : throw new InvalidDataException($"level {(int)level} is unknown");
    }

    public static WireWriter Failed(this WireWriter to, string reason, string message) => to.Text(reason).Text(Short(message));

    public static (string Reason, string Message) ReadFailed(WireMessage message)
    {
        var from = new WireReader(message.Payload);
        var (reason, text) = (from.Text(LongestName), from.Text(LongestText));
        from.End();
        return (SecretText.Printable(reason), SecretText.Printable(text, LongestText));
    }

    private static DateTimeOffset Instant(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new(ticks, TimeSpan.Zero)
        : throw new InvalidDataException($"{ticks} ticks are no instant");

    // Four bytes of UTF-8 at most for each character.
    private static string Short(string text) => text.Length <= LongestText / 4 ? text : text[..(LongestText / 4)];
}
