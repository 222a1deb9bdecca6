using System.Threading.Channels;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Where a worker's stream goes: each packet, note and frame is a message, in the order they come.</summary>
internal sealed class WorkerOutlet(WirePipe pipe, WorkerPulse pulse, Func<string?> bookmark) : IPacketSink
{
    private readonly WireWriter _writer = new();
    private string? _marked;

    /// <summary>Where frames go.</summary>
    public ChannelWriter<SampledFrame> Frames => new FrameWriter(this);

    /// <inheritdoc/>
    public void Track(TrackFormat format, int epoch) => Send(WireKind.Track, _writer.Clear().Track(format, epoch));

    /// <inheritdoc/>
    public void Packet(MediaPacket packet)
    {
        Send(WireKind.Packet, _writer.Clear().Packet(packet), packet.Data.Span);
        if (packet.IsKey) Mark();
    }

    /// <summary>Tells how far the stream was read, where a source can be opened there again.</summary>
    public void Mark()
    {
        if (bookmark() is not { } place || place == _marked) return;
        _marked = place;
        Send(WireKind.Bookmark, _writer.Clear().Text(place));
    }

    /// <inheritdoc/>
    public void Note(StreamNote note) => Send(WireKind.Note, _writer.Clear().Note(note));

    /// <inheritdoc/>
    public void Date(MediaTime at, DateTimeOffset utc, string source) => Send(WireKind.Date, _writer.Clear().Date(at, utc, source));

    private void Send(WireKind kind, WireWriter payload, ReadOnlySpan<byte> more = default)
    {
        try
        {
            pipe.Send(kind, payload.Written, more);
        }
        catch (IOException)
        {
            ProcessLimits.Exit(0); // the parent is gone
        }

        pulse.Step();
    }

    private sealed class FrameWriter(WorkerOutlet outlet) : ChannelWriter<SampledFrame>
    {
        private readonly WireWriter _writer = new();

        public override bool TryWrite(SampledFrame item)
        {
            using var sent = item;
            outlet.Send(WireKind.Frame, _writer.Clear().Frame(item));
            outlet.Send(WireKind.Pixels, _writer.Clear(), item.Rgb);
            return true;
        }

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(true);
    }
}
