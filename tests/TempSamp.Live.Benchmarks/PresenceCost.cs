using System.Diagnostics;
using System.Globalization;
using TempSamp.Live.Grounding;
using TempSamp.Live.Trainer;

namespace TempSamp.Live.Benchmarks;

/// <summary>CPU milliseconds of a hop of four queries, two of which the clip shows: three engines in turn, hop after hop, on the same frames.</summary>
/// <param name="Hops">Hops of each.</param>
/// <param name="Spans">Only the spans are asked.</param>
/// <param name="Presence">Presence too.</param>
/// <param name="Posterior">Presence, and the posterior where the gate opens: what is served.</param>
/// <param name="Opened">Share of the answers whose gate opened.</param>
public sealed record PresenceCost(int Hops, double Spans, double Presence, double Posterior, double Opened)
{
    private const int Rounds = 3;

    /// <summary>Extra cost of the posterior over a hop without it.</summary>
    public double PosteriorShare => Posterior / Presence - 1;

    /// <summary>Extra cost of presence and posterior over a hop that asks spans only.</summary>
    public double WholeShare => Posterior / Spans - 1;

    /// <summary>Measures it.</summary>
    internal static PresenceCost Measure(string directory, IReadOnlyList<TrainingClip> clips)
    {
        using var without = GroundingModel.Load(new() { ModelDirectory = directory, PosteriorFrom = 2 });
        using var with = GroundingModel.Load(new() { ModelDirectory = directory });
        using var spansOnly = new GroundingEngine(without, []);
        GroundingEngine[] engines = [spansOnly, without.Engine, with.Engine];
        var (spent, hops, answers, opened) = (new double[engines.Length], 0, 0, 0);
        for (var round = 0; round < Rounds; round++)
            foreach (var clip in clips)
            {
                string[] queries = [.. clip.Concepts.OrderByDescending(c => c.Spans.Count).Take(2).Concat(clip.Concepts.Where(c => c.Spans.Count == 0).Take(2)).Select(c => c.Texts[0])];
                var windows = engines.Select(e => e.Open(SearchPace.Live(with.Profile.WindowSeconds, with.Profile.HopSeconds, with.Profile.Phases), queries)).ToArray();
                foreach (var hop in Pairs(with, clip).Chunk(with.Profile.HopSeconds))
                {
                    for (var i = 0; i < engines.Length; i++)
                    {
                        var before = Cpu();
                        windows[i].Push(hop);
                        var said = engines[i].Run([new(windows[i], queries)])[0].Answers;
                        spent[i] += round > 0 ? Cpu() - before : 0;                     // the first round warms up
                        if (i == 2) (answers, opened) = (answers + said.Count, opened + said.Count(a => a.Posterior is not null));
                    }
                    if (round > 0) hops++;
                }
                foreach (var window in windows) window.Dispose();
            }
        return new(hops, spent[0] / hops, spent[1] / hops, spent[2] / hops, (double)opened / answers);
    }

    private static List<FramePair> Pairs(GroundingModel model, TrainingClip clip)
    {
        var assembler = new PairAssembler(model);
        return [.. Enumerable.Range(0, 2 * clip.Pairs).SelectMany(slot => assembler.Push(new(slot, Core.MediaTime.FromSeconds(slot / 2.0), model.Size.Width, model.Size.Height, clip.Frame(slot), 0)))];
    }

    private static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalMilliseconds;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"cost of a hop of 4 queries, CPU: spans only {Spans:0.0} ms, with presence {Presence:0.0} ms, with presence and posterior {Posterior:0.0} ms over {Hops} hops; the gate opened for {100 * Opened:0} % of the answers; the posterior costs {100 * PosteriorShare:0.0} % of a hop, both {100 * WholeShare:0.0} % of one that asks spans only");
}
