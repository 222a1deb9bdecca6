using System.Threading.Channels;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Benchmarks;

/// <summary>One reading of a scene through the stream source onto a packet tape, as a session does it.</summary>
/// <param name="Seconds">Length of what was read.</param>
/// <param name="CpuSeconds">User and system time of the whole process.</param>
/// <param name="TapePayload">Encoded bytes that the tape holds in the end.</param>
/// <param name="TapeMemory">Managed memory that holding them takes.</param>
/// <param name="Allocated">Managed bytes allocated in all.</param>
/// <param name="Frames">Hash of each frame's pixels; empty where they were not looked at.</param>
internal sealed record IngestRun(int Seconds, double CpuSeconds, long TapePayload, long TapeMemory, long Allocated, IReadOnlyList<int> Frames)
{
    /// <summary>CPU seconds for each second of the stream.</summary>
    public double Cost => CpuSeconds / Seconds;

    /// <summary>Reads the scene once.</summary>
    /// <param name="scene">What.</param>
    /// <param name="mode">Which pictures are decoded.</param>
    /// <param name="isWatched">Whether anybody looks.</param>
    /// <param name="hashes">Whether the frames are hashed, which takes time of its own.</param>
    /// <param name="cancel">Stops.</param>
    public static async Task<IngestRun> MeasureAsync(IngestScene scene, SamplingMode mode, bool isWatched, bool hashes, CancellationToken cancel)
    {
        var options = new IngestOptions { Realtime = false, Sampling = mode };
        var plan = new StreamPlan("bench", scene.Path, [new HighlightQuery("any", "anything", 0.5, ClipPolicy.Default)],
            new WindowProfile(IngestScene.Width, IngestScene.Height, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(4)), new TapeBounds(TimeSpan.FromMinutes(10), 1L << 30));
        var allocated = GC.GetTotalAllocatedBytes();
        var started = Environment.CpuUsage.TotalTime;

        PacketTape? tape = new(plan.Tape);
        var frames = Channel.CreateBounded<SampledFrame>(new BoundedChannelOptions(8) { SingleReader = true, SingleWriter = true });
        using var source = new LibavStreamSource(Options.Create(options), TimeProvider.System);
        var seen = new List<int>();
        await using (var input = await source.OpenAsync(plan, cancel))
        {
            input.Attend(isWatched);
            var pump = input.PumpAsync(tape, frames.Writer, cancel);
            await foreach (var frame in frames.Reader.ReadAllAsync(cancel))
            {
                if (hashes) seen.Add(HashOf(frame));
                frame.Dispose();
            }
            await pump;
        }

        var cpu = (Environment.CpuUsage.TotalTime - started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        var (withTape, payload) = (GC.GetTotalMemory(forceFullCollection: true), tape.Status.Bytes);
        tape = null;
        return new(scene.Seconds, cpu, payload, withTape - GC.GetTotalMemory(forceFullCollection: true), allocated, seen);
    }

    private static int HashOf(SampledFrame frame)
    {
        var hash = new HashCode();
        hash.AddBytes(frame.Rgb);
        return hash.ToHashCode();
    }

    /// <summary>How many frames are others than in another run.</summary>
    public int Differing(IngestRun other) => Frames.Zip(other.Frames).Count(pair => pair.First != pair.Second) + Math.Abs(Frames.Count - other.Frames.Count);
}
