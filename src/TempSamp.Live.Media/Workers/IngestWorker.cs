using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// The worker's side of one stream: opens it, reads it to its end and sends what it finds. It keeps nothing: the tape is the parent's. A full pipe
/// makes it wait, which slows the source down.
/// </summary>
internal static class IngestWorker
{
    /// <summary>Takes a job from the pipe and does it.</summary>
    public static void Run(WirePipe pipe, TimeProvider time)
    {
        if (!pipe.TryReceive(out var message) || message.Kind != WireKind.Job) return;
        var job = WorkerReply.Read(message, WorkerJson.Default.IngestJob);
        ProcessLimits.Apply(job.Bounds.MemoryBytes);
        NativeHeap.Bound();
        var pulse = new WorkerPulse(pipe, job.Bounds.Heartbeat, time);
        pulse.Start();
        var published = job.IsPublished ? new FlvPipe() : null;
        var orders = new ParentOrders(pipe, published);
        orders.Start();
        try
        {
            if (job.Profile is { } profile) Read(job, profile, published, pipe, pulse, time, orders);
            else WorkerReply.Done(pipe, StreamProbe.Probe(job.Url, job.Options, CancellationToken.None), WorkerJson.Default.StreamFacts);
        }
        catch (StreamException e)
        {
            pipe.Send(WireKind.Failed, new WireWriter().Failed(e.Reason, e.Message).Written);
        }
    }

    private static void Read(IngestJob job, WindowProfile profile, FlvPipe? published, WirePipe pipe, WorkerPulse pulse, TimeProvider time, ParentOrders orders)
    {
        using var source = new LibavStreamSource(Options.Create(job.Options), time);
        var plan = new StreamPlan(job.Id, job.Url, [], profile, new TapeBounds(TimeSpan.Zero, 0));
        var input = source.Open(plan, published, job.SkipTo, job.Bookmark, CancellationToken.None);
        var writer = new WireWriter();
        var skipped = input is LibavStreamInput { Skipped: var passedOver } ? passedOver : MediaTime.Zero;
        pipe.Send(WireKind.Opened, writer.Opened(new(input.StartedAt, input.ClockSource, skipped, input.IsLive, input.MissingBefore)).Written);
        foreach (var track in input.Tracks) pipe.Send(WireKind.Track, writer.Clear().Track(track, 0).Written);
        pipe.Send(WireKind.Go, []);

        var from = orders.Begin(input);
        var outlet = new WorkerOutlet(pipe, pulse, () => input.Bookmark);
        try
        {
            input.PumpAsync(outlet, outlet.Frames, from, CancellationToken.None).GetAwaiter().GetResult();
        }
        finally
        {
            outlet.Mark();
        }

        pipe.Send(WireKind.Done, []);
    }
}
