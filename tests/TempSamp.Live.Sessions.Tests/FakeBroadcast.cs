using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>A synthetic stream: 25 fps video with a key frame every two seconds and AAC-like audio, in read order.</summary>
internal static class FakeBroadcast
{
    public static readonly TrackFormat Video = new(0, TrackKind.Video, "h264", new byte[] { 1, 2, 3 }, 640, 360, FrameRate: 25);
    public static readonly TrackFormat Audio = new(1, TrackKind.Audio, "aac", new byte[] { 4 }, SampleRate: 48_000, Channels: 2, FrameSize: 1024);

    private static readonly MediaTime _frame = MediaTime.FromMilliseconds(40);

    /// <summary>Packets from one second to another; audio comes <paramref name="audioLate"/> seconds after the video of its time.</summary>
    public static IEnumerable<MediaPacket> Packets(double from, double to, double gop = 2, int epoch = 0, double audioLate = 0, int bytes = 100)
    {
        var frames = (int)Math.Round((to - from) * 25);
        var video = Enumerable.Range(0, frames).Select(i => (At: from + (i / 25.0), Packet: new MediaPacket(
            0, epoch, MediaTime.FromSeconds(from + (i / 25.0)), MediaTime.FromSeconds(from + (i / 25.0)), _frame, i % (int)Math.Round(gop * 25) == 0, new byte[bytes])));
        var audio = Enumerable.Range(0, frames).Select(i => (At: from + (i / 25.0) + audioLate, Packet: new MediaPacket(
            1, epoch, MediaTime.FromSeconds(from + (i / 25.0)), MediaTime.FromSeconds(from + (i / 25.0)), _frame, true, new byte[10])));
        return video.Concat(audio).OrderBy(packet => packet.At).ThenBy(packet => packet.Packet.Track).Select(packet => packet.Packet);
    }

    /// <summary>Announces both tracks and plays packets onto a tape.</summary>
    public static void Play(this IPacketSink tape, IEnumerable<MediaPacket> packets)
    {
        tape.Track(Video, 0);
        tape.Track(Audio, 0);
        foreach (var packet in packets) tape.Packet(packet);
    }
}
