using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Registers the media side: sources, the RTMP endpoint, and the cutter.</summary>
public static class MediaServices
{
    /// <summary>
    /// Adds <see cref="IStreamSource"/>, <see cref="IClipCutter"/> and the RTMP endpoint as a hosted service. <see cref="IngestOptions"/> and
    /// <see cref="RtmpOptions"/>, <see cref="CutOptions"/> have defaults; bind their sections where there is configuration.
    /// </summary>
    public static IServiceCollection AddMedia(this IServiceCollection services)
    {
        services.AddOptions<IngestOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RtmpOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CutOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RtmpListener>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RtmpListener>());
        services.AddSingleton<IClipCutter>(provider => provider.GetRequiredService<IOptions<IngestOptions>>().Value.Isolation == IngestIsolation.Process
            ? ActivatorUtilities.CreateInstance<WorkerCutter>(provider)
            : ActivatorUtilities.CreateInstance<ClipCutter>(provider));
        services.AddOptions<WorkerOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IStreamSource>(provider => provider.GetRequiredService<IOptions<IngestOptions>>().Value.Isolation == IngestIsolation.Process
            ? ActivatorUtilities.CreateInstance<WorkerStreamSource>(provider)
            : ActivatorUtilities.CreateInstance<LibavStreamSource>(provider));
        return services;
    }
}
