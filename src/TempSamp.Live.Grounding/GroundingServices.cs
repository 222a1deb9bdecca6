using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Grounding;

/// <summary>Registers what looks at frames.</summary>
public static class GroundingServices
{
    /// <summary>
    /// Adds <see cref="IMomentFinder"/> and <see cref="OfflineGrounder"/>, and the checks of <see cref="GroundingOptions"/>. The model is loaded when the first
    /// of them is asked for.
    /// </summary>
    public static IServiceCollection AddGrounding(this IServiceCollection services)
    {
        services.AddOptions<GroundingOptions>();
        services.AddOptions<TorchOptions>();
        services.AddOptions<SchedulerOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GroundingOptions>, GroundingOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(s =>
        {
            var log = new LoadLog(s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<GroundingModel>>());
            var model = GroundingModel.Load(s.GetRequiredService<IOptions<GroundingOptions>>().Value, s.GetRequiredService<IOptions<TorchOptions>>().Value, log);
            log.Loaded(model);
            return model;
        });
        services.TryAddSingleton(s =>
        {
            _ = s.GetRequiredService<GroundingModel>();             // loads libtorch from the place that is set
            return new GpuThread(s.GetRequiredService<IOptions<GroundingOptions>>().Value.Threads);
        });
        services.TryAddSingleton<IMomentFinder, MomentFinder>();
        services.TryAddSingleton<OfflineGrounder>();
        return services;
    }
}
