using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The worker's side of cutting: clip after clip, each from the packets that the parent sends.</summary>
internal static class CutWorker
{
    /// <summary>Takes jobs from the pipe until it is closed.</summary>
    public static void Run(WirePipe pipe, TimeProvider time)
    {
        WorkerPulse? pulse = null;
        while (pipe.TryReceive(out var message) && message.Kind == WireKind.Job)
        {
            var job = WorkerReply.Read(message, WorkerJson.Default.CutJob);
            if (pulse is null)
            {
                ProcessLimits.Apply(job.Bounds.MemoryBytes);
                NativeHeap.Bound();
                pulse = new WorkerPulse(pipe, job.Bounds.Heartbeat, time);
                pulse.Start();
            }

            using (pulse.Working()) Cut(job, Slice(pipe), pipe);
            NativeHeap.GiveBack(time);
        }
    }

    private static TapeSlice Slice(WirePipe pipe)
    {
        var (tracks, packets) = (new List<TrackFormat>(), new List<MediaPacket>());
        while (pipe.TryReceive(out var message))
        {
            if (message.Kind == WireKind.Track) tracks.Add(WireFormat.ReadTrack(message).Format);
            else if (message.Kind == WireKind.Packet) packets.Add(WireFormat.ReadPacket(message));
            else if (message.Kind == WireKind.Go) return new(tracks, packets);
        }

        ProcessLimits.Exit(0);
        throw new InvalidOperationException("the process has ended");
    }

    private static void Cut(CutJob job, TapeSlice slice, WirePipe pipe)
    {
        try
        {
            var cutter = new ClipCutter(Options.Create(job.Ingest), Options.Create(job.Cut), new WireLogger<ClipCutter>(pipe));
            WorkerReply.Done(pipe, cutter.CutAsync(slice, job.Order, CancellationToken.None).GetAwaiter().GetResult(), WorkerJson.Default.ClipFile);
        }
        catch (ClipException e)
        {
            pipe.Send(WireKind.Failed, new WireWriter().Failed(e.Reason, e.Message).Written);
        }
    }
}
