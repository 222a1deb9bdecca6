using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Grounding;

/// <summary>Finds moments with the model. Searches of many streams share the model and its thread.</summary>
public sealed class MomentFinder : IMomentFinder
{
    // Of the memory that is free when the model is loaded.
    private const double MemoryShare = 0.8;

    private readonly GroundingModel _model;
    private readonly GpuThread _gpu;
    private readonly GroundingScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>A finder on a loaded model.</summary>
    public MomentFinder(GroundingModel model, GpuThread gpu, ILogger<MomentFinder> log, IOptions<SchedulerOptions>? options = null, TimeProvider? time = null)
    {
        (_model, _gpu, _log, _time) = (model, gpu, log, time ?? TimeProvider.System);
        Profile = new(model.Profile.FrameWidth, model.Profile.FrameHeight, TimeSpan.FromSeconds(model.Profile.WindowSeconds), TimeSpan.FromSeconds(model.Profile.HopSeconds));
        var bounds = options?.Value ?? new();
        Rung[] rungs = model.Profile.Phases > 1 ? [Rung.Hop, Rung.Phases] : [Rung.Hop];
        _scheduler = new(gpu, hops => model.Engine.Run(hops), rungs, bounds, MostBytes(bounds), _time, log);
    }

    /// <inheritdoc/>
    public WindowProfile Profile { get; }

    /// <inheritdoc/>
    public ModelIdentity Model => _model.Identity;

    /// <inheritdoc/>
    /// <exception cref="ModelException">A query is empty or too long.</exception>
    /// <exception cref="AdmissionException">The stream does not fit beside those that run; the message has the numbers.</exception>
    public IMomentSearch Begin(StreamPlan plan) => new MomentSearch(
        _model, _gpu, _scheduler, plan.Id, [.. plan.Queries.Select(q => new SearchQuery(q.Id, q.Text))],
        SearchPace.Live((int)plan.Profile.Window.TotalSeconds, (int)plan.Profile.Hop.TotalSeconds, _model.Profile.Phases, Math.Min(_model.Profile.LeastSeconds, (int)plan.Profile.Window.TotalSeconds)), thinking: false, _time, _log);

    // What a GPU has left is not told by libtorch here; there a batch that does not fit is tried again stream by stream.
    private long? MostBytes(SchedulerOptions bounds) =>
        bounds.MemoryBytes > 0 ? bounds.MemoryBytes
        : _model.Network.Device.type == DeviceType.CPU ? (long)(MemoryShare * (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet))
        : null;
}
