using System.Threading.Channels;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Everything a pump gave: keeps all of it.</summary>
internal sealed class Recording : IPacketSink
{
    private readonly Lock _lock = new();

    public List<(TrackFormat Format, int Epoch)> Announced { get; } = [];

    public List<MediaPacket> Packets { get; } = [];

    public List<StreamNote> Notes { get; } = [];

    public List<(MediaTime At, DateTimeOffset Utc, string Source)> Dates { get; } = [];

    public List<SampledFrame> Frames { get; } = [];

    /// <summary>The longest time without a new picture.</summary>
    public MediaTime LongestHole
    {
        get
        {
            var video = Announced.First(a => a.Format.Kind == TrackKind.Video).Format.Index;
            var times = Packets.Where(p => p.Track == video).Select(p => p.Pts).Order().ToArray();
            return times.Zip(times.Skip(1), (a, b) => b - a).DefaultIfEmpty().Max();
        }
    }

    public TapeSlice Slice => new([.. Announced.Select(a => a.Format).DistinctBy(f => f.Index)], Packets)
    {
        Changes = [.. Announced.GroupBy(a => a.Format.Index).SelectMany(track => track.Skip(1)).Select(a => (a.Epoch, a.Format))],
    };

    public void Track(TrackFormat format, int epoch)
    {
        lock (_lock) Announced.Add((format, epoch));
    }

    public void Packet(MediaPacket packet)
    {
        lock (_lock) Packets.Add(packet);
    }

    public void Note(StreamNote note)
    {
        lock (_lock) Notes.Add(note);
    }

    public void Date(MediaTime at, DateTimeOffset utc, string source)
    {
        lock (_lock) Dates.Add((at, utc, source));
    }

    /// <summary>Opens a stream and reads it to its end, or until <paramref name="enough"/> says so.</summary>
    public static async Task<Recording> OfAsync(string url, IngestOptions? options = null, RtmpListener? listener = null, Func<Recording, bool>? enough = null)
    {
        using var source = new LibavStreamSource(Options.Create(options ?? TestStream.Local), TimeProvider.System, listener);
        await using var input = await source.OpenAsync(TestStream.Plan(url), TestContext.Current.CancellationToken);
        return await new Recording().ReadAsync(input, enough);
    }

    /// <summary>Reads an open stream onto what there is, to its end, or until <paramref name="enough"/> says so.</summary>
    public async Task<Recording> ReadAsync(IStreamInput input, Func<Recording, bool>? enough = null, TimelinePlace place = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var frames = Channel.CreateBounded<SampledFrame>(4);
        var pump = PumpAsync();
        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(stop.Token))
            {
                Frames.Add(frame);
                if (enough?.Invoke(this) == true) await stop.CancelAsync();
            }

            await pump;
        }
        catch (OperationCanceledException) when (enough is not null && stop.IsCancellationRequested)
        {
            await pump.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        return this;

        async Task PumpAsync()
        {
            try
            {
                await input.PumpAsync(this, frames.Writer, place, stop.Token);
            }
            finally
            {
                frames.Writer.TryComplete();
            }
        }
    }
}
