using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads a few seconds of a stream and tells what is in it.</summary>
public static class StreamProbe
{
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(10);

    /// <summary>Opens the stream, reads up to ten seconds of it, at most as long as the open time-out, and closes it.</summary>
    /// <exception cref="StreamException">It cannot be opened, or has nothing that can be used.</exception>
    public static Task<StreamFacts> ProbeAsync(string url, IngestOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        return NamedThread.RunAsync("probe", () => Probe(url, options, cancel));
    }

    internal static StreamFacts Probe(string url, IngestOptions options, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var deadline = new Deadline(time, cancel);
        using var resources = new ResourceReader(new UrlPolicy(options), new AddressGuard(options));
        var target = resources.Policy.Check(url);
        if (target.Kind == StreamUrlKind.Listen) throw UrlPolicy.Forbidden("Stream URL", target.ToString(), "it is published to, not read", "Name an address to read from.");

        deadline.Set(options.OpenTimeout);
        using var input = FormatInput.Open(target, null, resources, options, deadline);
        if (input.Tracks.Count == 0) throw new StreamException($"{target} has neither video nor audio that can be read. Check the source.", "no-video");
        return Describe(target, input, Read(input, deadline, options.OpenTimeout, time));
    }

    private static List<(SessionTime At, SourcePacket Packet)> Read(FormatInput input, Deadline deadline, TimeSpan longest, TimeProvider time)
    {
        var clock = new SessionClock();
        var started = time.GetTimestamp();
        var packets = new List<(SessionTime, SourcePacket)>();
        while (time.GetElapsedTime(started) < longest)
        {
            deadline.Set(input.Patience);
            if (!input.TryRead(out var packet)) break;
            var at = clock.Map(packet.Time);
            packets.Add((at, packet));
            if (at.Dts.ToTimeSpan() >= s_enough) break;
        }

        return packets;
    }

    private static StreamFacts Describe(StreamUrl url, FormatInput input, List<(SessionTime At, SourcePacket Packet)> packets)
    {
        var read = packets.Count == 0 ? MediaTime.Zero : packets.Max(p => p.At.Dts + p.At.Duration) - packets.Min(p => p.At.Dts);
        var measured = read > MediaTime.Zero ? (long)(packets.Sum(p => 8L * p.Packet.Data.Length) / read.Seconds) : 0;
        return new StreamFacts(
            url.ToString(), input.Container, input.Duration, input.BitRate > 0 ? input.BitRate : measured,
            [.. input.Tracks.Select(t => new TrackFacts(t.Kind, t.Codec, t.Width, t.Height, t.FrameRate, t.SampleRate, t.Channels, packets.Count(p => p.Packet.Time.Track == t.Index)))],
            KeyFrameInterval(input, packets), read.ToTimeSpan());
    }

    private static TimeSpan? KeyFrameInterval(FormatInput input, List<(SessionTime At, SourcePacket Packet)> packets)
    {
        var keys = packets.Where(p => p.Packet.IsKey && input.Tracks[p.Packet.Time.Track].Kind == TrackKind.Video).Select(p => p.At.Pts).ToList();
        return keys.Count < 2 ? null : keys.Zip(keys.Skip(1), (a, b) => b - a).Max().ToTimeSpan();
    }
}
