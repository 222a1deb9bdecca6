using System.Diagnostics;
using TempSamp.Live.Grounding;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>How many streams one device answers in time.</summary>
/// <param name="Streams">The most that were.</param>
/// <param name="Queries">Of each.</param>
/// <param name="AgeP95">Not a number where not even the fewest streams were in time. Seconds from the end of a window until its answers are replaced: the hop, and the wait for the next ones; 95 of 100 are younger.</param>
/// <param name="AgeP50">The same, half of them.</param>
/// <param name="Busy">Share of the time that the device worked.</param>
/// <param name="Batch">Streams that were answered together, on average.</param>
internal sealed record StreamsFigures(int Streams, int Queries, double AgeP95, double AgeP50, double Busy, double Batch);

/// <summary>
/// Streams whose hops come evenly spread over time: whatever is due when the device is free is answered as one batch. Time is counted, not waited for: it goes on by what
/// each batch took.
/// </summary>
internal sealed class StreamsRun(GroundingModel model, int queries, Func<Action, double> seconds)
{
    /// <summary>The wall clock, for a machine that does nothing else.</summary>
    public static double Wall(Action batch)
    {
        var start = Stopwatch.GetTimestamp();
        batch();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Processor time spread over all cores, for a machine that is busy with other work.</summary>
    public static double Processor(Action batch) => Cpu.Of(batch) / 1000 / Environment.ProcessorCount;

    /// <summary>The most of the given numbers of streams that are answered in time, and how.</summary>
    /// <param name="candidates">Numbers of streams, rising.</param>
    /// <param name="late">Seconds beyond the hop that 95 of 100 answers may be old.</param>
    /// <param name="length">Seconds of stream to play for each.</param>
    /// <param name="progress">Told of each try.</param>
    public StreamsFigures Most(IEnumerable<int> candidates, double late, int length, Action<string> progress)
    {
        var best = new StreamsFigures(0, queries, double.NaN, double.NaN, double.NaN, double.NaN);
        foreach (var streams in candidates)
        {
            var figures = Play(streams, length);
            progress($"{streams} streams: age p50 {figures.AgeP50:0.00} s, p95 {figures.AgeP95:0.00} s, busy {figures.Busy:0.00}, {figures.Batch:0.0} together");
            if (!(figures.AgeP95 <= model.Profile.HopSeconds + late)) break;            // nor where nobody was answered at all
            best = figures;
        }
        return best;
    }

    /// <summary>Plays so many streams for so long.</summary>
    public StreamsFigures Play(int streams, int length)
    {
        using var engine = new GroundingEngine(model);
        var asked = SpeedRun.Queries[..queries];
        var hop = model.Profile.HopSeconds;
        var pace = SearchPace.Live(model.Profile.WindowSeconds, hop, model.Profile.Phases);
        var all = Enumerable.Range(0, streams).Select(_ => new StreamHop(engine.Open(pace, asked), asked)).ToArray();
        var due = new PriorityQueue<int, double>(Enumerable.Range(0, streams).Select(i => (i, hop * (1 + (double)i / streams))));
        var seen = new long[streams];
        var (ages, batches, now, busy, warm) = (new List<double>(), 0, 0.0, 0.0, (double)model.Profile.WindowSeconds);
        while (now < warm + length)
        {
            var batch = new List<(int Stream, double At)>();
            while (due.TryPeek(out var stream, out var at) && at <= now)
            {
                due.Dequeue();
                batch.Add((stream, at));
                all[stream].Windows.Push([.. Enumerable.Range(0, hop).Select(_ => new FramePair(seen[stream]++, Picture(stream, seen[stream])))]);
            }
            if (batch.Count == 0)
            {
                due.TryPeek(out _, out now);
                continue;
            }
            var took = seconds(() => engine.Run([.. batch.Select(b => all[b.Stream])]));
            now += took;
            if (now > warm) (busy, batches) = (busy + took, batches + 1);
            foreach (var (stream, at) in batch)
            {
                if (at > warm) ages.Add(hop + now - at);
                due.Enqueue(stream, at + hop);
            }
        }
        foreach (var stream in all) stream.Windows.Dispose();
        return new(streams, queries, Figures.Quantile(ages, 0.95), Figures.Median(ages), busy / length, (double)ages.Count / batches);
    }

    private float[] Picture(int stream, long second)
    {
        var picture = new float[model.PairGrid.Patches * model.Frames.PatchLength];
        Array.Fill(picture, (float)Math.Sin(stream + second / 5));
        return picture;
    }
}
