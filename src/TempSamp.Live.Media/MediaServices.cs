using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
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
        services.AddSingleton<IStreamSource, LibavStreamSource>();
        services.AddSingleton<IClipCutter, ClipCutter>();
        return services;
    }
}
