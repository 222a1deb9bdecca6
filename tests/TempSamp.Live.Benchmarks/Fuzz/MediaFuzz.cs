using System.Threading.Channels;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// Opens damaged media as a stream's file is opened, and reads what comes: demuxer, timeline and decoder. Each case must give packets or one clear error,
/// in time, and open no other file. The same seed makes the same case.
/// </summary>
public sealed class MediaFuzz : IDisposable
{
    private const int MostPackets = 60;

    private static readonly IngestOptions s_options = new() { Realtime = false, OpenTimeout = TimeSpan.FromSeconds(5), ReadTimeout = TimeSpan.FromSeconds(5), MaxPixels = 1280 * 720, ProbeBytes = 256 * 1024 };
    private static readonly StreamPlan s_plan = new("fuzz", "", [], new(56, 56, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(4)), new(TimeSpan.FromSeconds(10), 1 << 20));

    private readonly string _folder;
    private readonly string _outside;
    private readonly OpenWatch _watch;
    private readonly IReadOnlyDictionary<SeedKind, IReadOnlyList<MediaSeed>> _seeds;

    /// <summary>Makes the seeds.</summary>
    /// <param name="folder">Where cases are written, one after the other; the caller's to delete.</param>
    public MediaFuzz(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        (_folder, _outside) = (folder, Path.Combine(folder, "outside.mp4"));
        _seeds = MediaSeeds.Load(folder);
        File.WriteAllBytes(_outside, _seeds[SeedKind.Mp4][0].Bytes);
        _watch = new OpenWatch(_outside);
    }

    /// <summary>The case of a seed.</summary>
    public (SeedKind Kind, byte[] Bytes) Make(int seed)
    {
        var random = new Random(seed);
        var kind = (SeedKind)random.Next(3);
        var honest = _seeds[kind][random.Next(_seeds[kind].Count)].Bytes;
        return (kind, kind switch
        {
            SeedKind.Flv => FlvMutation.Make(honest, random),
            SeedKind.Ts => TsMutation.Make(honest, random),
            _ => Mp4Mutation.Make(honest, _outside, random),
        });
    }

    /// <summary>Runs a case.</summary>
    /// <returns>Whether anything was read, and what went wrong; null when nothing did.</returns>
    public async Task<(bool IsRead, string? Wrong)> RunAsync(int seed)
    {
        var (kind, bytes) = Make(seed);
        var path = Path.Combine(_folder, "case" + MediaSeeds.EndingOf(kind));
        await File.WriteAllBytesAsync(path, bytes).ConfigureAwait(false);
        var (isRead, wrong) = await ReadAsync(path).ConfigureAwait(false);
        return (isRead, _watch.WasOpened() ? "it opened another file" : wrong);
    }

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    private static async Task<(bool IsRead, string? Wrong)> ReadAsync(string path)
    {
        using var source = new LibavStreamSource(Options.Create(s_options), TimeProvider.System);
        using var enough = new CancellationTokenSource();
        var sink = new CountingSink(enough);
        try
        {
            await using var input = await source.OpenAsync(s_plan with { Url = path }, CancellationToken.None).ConfigureAwait(false);
            var frames = Channel.CreateBounded<SampledFrame>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
            await input.PumpAsync(sink, frames.Writer, enough.Token).ConfigureAwait(false);
            return (sink.Packets > 0, null);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            return (true, null);
        }
        catch (StreamException e)
        {
            return (sink.Packets > 0, e.Reason is "timeout" or "silent" ? e.Message : null);
        }
        catch (Exception e) // whatever else comes out is what is looked for
        {
            return (false, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private sealed class CountingSink(CancellationTokenSource enough) : IPacketSink
    {
        public int Packets { get; private set; }

        public void Track(TrackFormat format, int epoch)
        {
        }

        public void Packet(MediaPacket packet)
        {
            if (++Packets == MostPackets) enough.Cancel();
        }

        public void Note(StreamNote note)
        {
        }

        public void Date(MediaTime at, DateTimeOffset utc, string source)
        {
        }
    }
}
