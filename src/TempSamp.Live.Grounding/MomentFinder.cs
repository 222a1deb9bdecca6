using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Grounding;

/// <summary>Finds moments with the model. Searches of many streams share the model and its thread.</summary>
public sealed class MomentFinder(GroundingModel model, GpuThread gpu, ILogger<MomentFinder> log) : IMomentFinder
{
    /// <inheritdoc/>
    public WindowProfile Profile { get; } = new(
        model.Profile.FrameWidth, model.Profile.FrameHeight, TimeSpan.FromSeconds(model.Profile.WindowSeconds), TimeSpan.FromSeconds(model.Profile.HopSeconds));

    /// <inheritdoc/>
    public ModelIdentity Model => model.Identity;

    /// <inheritdoc/>
    /// <exception cref="TempSamp.Live.Model.ModelException">A query is empty or too long.</exception>
    public IMomentSearch Begin(StreamPlan plan) => new MomentSearch(
        model, gpu, [.. plan.Queries.Select(q => new SearchQuery(q.Id, q.Text))],
        SearchPace.Live((int)plan.Profile.Window.TotalSeconds, (int)plan.Profile.Hop.TotalSeconds, model.Profile.Phases, Math.Min(model.Profile.LeastSeconds, (int)plan.Profile.Window.TotalSeconds)), thinking: false, log);
}
