using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Asks queries of a whole file: one window where it fits, else overlapping windows of which the surest answers.</summary>
public sealed class OfflineGrounder(GroundingModel model, GpuThread gpu, ILogger<OfflineGrounder> log)
{
    /// <summary>Size of the frames it wants.</summary>
    public FrameSize Size => model.Size;

    /// <summary>Asks each query once of the whole file.</summary>
    /// <param name="frames">Frames of the 2 fps grid in order, in <see cref="Size"/>.</param>
    /// <param name="queries">What to look for.</param>
    /// <param name="thinking">Let the model reason before it answers; slow, and only models trained to.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <returns>For each query the verdict of the window with the highest presence, its number as id; empty for a file without frames.</returns>
    /// <exception cref="ModelException">A query is empty or too long, or the model knows no reasoning form.</exception>
    public async Task<IReadOnlyList<WindowVerdict>> GroundAsync(IAsyncEnumerable<SampledFrame> frames, IReadOnlyList<string> queries, bool thinking, CancellationToken cancel)
    {
        var asked = queries.Select((text, i) => new SearchQuery(i.ToString(System.Globalization.CultureInfo.InvariantCulture), text)).ToArray();
        var alone = new GroundingScheduler(gpu, model.Engine.Run, [], new(), null, TimeProvider.System, log);
        await using var search = new MomentSearch(model, gpu, alone, "file", asked, SearchPace.File(model.Profile.WindowSeconds), thinking, TimeProvider.System, log);
        var verdicts = new List<WindowVerdict>();
        await foreach (var frame in frames.WithCancellation(cancel)) verdicts.AddRange(await search.PushAsync(frame, cancel));
        verdicts.AddRange(await search.FinishAsync(cancel));
        return [.. asked.Select(q => Surest(verdicts.Where(v => v.QueryId == q.Id))).OfType<WindowVerdict>()];
    }

    // A window without a span answers only where no window has one.
    private static WindowVerdict? Surest(IEnumerable<WindowVerdict> verdicts) =>
        verdicts.OrderByDescending(v => v.Span is not null).ThenByDescending(v => v.Presence).FirstOrDefault();
}
