using System.Collections.Concurrent;
using TempSamp.Live.Core;

namespace TempSamp.Live.Trainer;

/// <summary>Endless batches of labelled frame pairs, painted by background threads ahead of their use.</summary>
/// <param name="clipOf">The n-th clip; called from several threads.</param>
/// <param name="labels">The kinds.</param>
/// <param name="cutter">Cuts frames into patches.</param>
/// <param name="batch">Pairs a batch.</param>
public sealed class PairStream(Func<int, TrainingClip> clipOf, EventLabels labels, ClipPatches cutter, int batch)
{
    private const int PairsPerClip = 12, Ahead = 4;
    private const double EventShare = 0.75;
    private const int MostBroken = 100;
    private int _broken;

    /// <summary>The batches; painting stops when the enumeration does.</summary>
    /// <param name="threads">Painting threads.</param>
    public IEnumerable<PairBatch> Batches(int threads)
    {
        using var ready = new BlockingCollection<PairBatch>(Ahead);
        using var stop = new CancellationTokenSource();
        var next = 0;
        var painters = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(() => Paint(ready, () => Interlocked.Increment(ref next), stop.Token),
            stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            while (true)
            {
                foreach (var painter in painters)
                    if (painter.IsFaulted) throw painter.Exception!.GetBaseException();
                if (ready.TryTake(out var item, TimeSpan.FromSeconds(1))) yield return item;
            }
        }
        finally
        {
            stop.Cancel();
            Task.WhenAll(painters).ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        }
    }

    // Null for a video that cannot be decoded, which has been reported.
    private TrainingClip? Open(int index)
    {
        try
        {
            var clip = clipOf(index);
            var pairs = clip.Slots is { } slots ? Math.Min(clip.Pairs, slots() / 2) : clip.Pairs;
            if (pairs == 0) return null;
            _broken = 0;
            return clip with { Pairs = pairs };
        }
        catch (StreamException e)
        {
            if (Interlocked.Increment(ref _broken) < MostBroken) return null;
            throw new TrainerException($"None of {MostBroken} videos, one after the other, can be decoded: {e.Message}", e);
        }
    }

    private void Paint(BlockingCollection<PairBatch> ready, Func<int> next, CancellationToken stop)
    {
        var length = cutter.PerPair * cutter.Length;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var patches = new float[batch * length];
                var kinds = new long[batch];
                for (var n = 0; n < batch;)
                {
                    var index = next();
                    if (Open(index) is not { } clip) continue;
                    var random = new Random(index);
                    var all = labels.Of(clip, 0, clip.Pairs);
                    var events = Enumerable.Range(0, clip.Pairs).Where(i => all[i].Kind > 0).ToArray();
                    for (var i = 0; i < PairsPerClip && n < batch; i++, n++)
                    {
                        var pair = events.Length > 0 && random.NextDouble() < EventShare ? events[random.Next(events.Length)] : random.Next(clip.Pairs);
                        kinds[n] = all[pair].Kind;
                        cutter.Pair(clip, pair).CopyTo(patches.AsSpan(n * length));
                    }
                }
                ready.Add(new(patches, [.. Enumerable.Repeat(cutter.Grid, batch)], kinds), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The consumer has enough.
        }
    }
}
