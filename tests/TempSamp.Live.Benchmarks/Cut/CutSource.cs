using System.Threading.Channels;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>A file read the way the service reads a stream, onto a tape that holds all of it.</summary>
internal sealed class CutSource : IPacketSink
{
    private static readonly TapeBounds s_all = new(TimeSpan.FromHours(2), 4L << 30);
    private static readonly WindowProfile s_noModel = new(28, 28, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

    private readonly string _path;
    private readonly PacketTape _tape = new(s_all);
    private readonly List<MediaPacket> _pictures = [];
    private readonly List<StreamNote> _notes = [];

    private CutSource(string path) => _path = path;

    /// <summary>The video track; null when there is none.</summary>
    public TrackFormat? Video { get; private set; }

    /// <summary>What a judge must know.</summary>
    public ReadSource Read => new(_path, _pictures, _notes);

    /// <summary>Settings for local files, read as fast as they can be.</summary>
    public static IngestOptions Ingest { get; } = new() { Realtime = false };

    /// <summary>Reads a file to its end.</summary>
    public static async Task<CutSource> ReadAsync(string path, CancellationToken cancel)
    {
        using var source = new LibavStreamSource(Options.Create(Ingest), TimeProvider.System);
        await using var input = await source.OpenAsync(new("cut", path, [], s_noModel, s_all), cancel);
        var read = new CutSource(path);
        var frames = Channel.CreateBounded<SampledFrame>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        try
        {
            await input.PumpAsync(read, frames.Writer, cancel);
        }
        catch (StreamException e)
        {
            read._notes.Add(new("broke", default, e.Message)); // what came before is on the tape
        }

        read._tape.Complete();
        return read;
    }

    /// <summary>The packets of a range.</summary>
    public Task<TapeSlice> SliceAsync(TimeRange range, CancellationToken cancel) => _tape.SliceAsync(range, cancel);

    /// <inheritdoc/>
    public void Track(TrackFormat format, int epoch)
    {
        if (format.Kind == TrackKind.Video) Video ??= format;
        _tape.Track(format, epoch);
    }

    /// <inheritdoc/>
    public void Packet(MediaPacket packet)
    {
        if (packet.Track == Video?.Index) _pictures.Add(packet);
        _tape.Packet(packet);
    }

    /// <inheritdoc/>
    public void Date(MediaTime at, DateTimeOffset date, string source) => ((IPacketSink)_tape).Date(at, date, source);

    /// <inheritdoc/>
    public void Note(StreamNote note)
    {
        _notes.Add(note);
        _tape.Note(note);
    }
}
