using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Registers where clips and events go.</summary>
public static class DeliveryServices
{
    /// <summary>Adds the state, the store and the channels that the options choose; without any, a folder and a journal below <see cref="DeliveryOptions.Directory"/>.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>();
        services.AddOptions<EventsOptions>();
        services.AddOptions<VerdictOptions>();
        services.TryAddSingleton<IVerdictLog, VerdictStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>());

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StateDatabase>();
        services.TryAddSingleton<Spool>();
        services.TryAddSingleton<IClipStore, FolderClipStore>();
        services.TryAddSingleton<EventSignal>();
        services.TryAddSingleton<EventChannels>();
        services.TryAddSingleton<CloudEventWriter>();
        services.TryAddSingleton<ClipOutbox>();
        services.TryAddSingleton<IClipEvents>(provider => provider.GetRequiredService<ClipOutbox>());
        services.TryAddSingleton<IEventFeed, EventFeed>();
        services.TryAddSingleton<ClipDelivery>();
        services.TryAddSingleton<IClipDelivery>(provider => provider.GetRequiredService<ClipDelivery>());
        services.TryAddSingleton<StateRecovery>();
        services.TryAddSingleton<OutboxPumps>();
        services.AddHostedService<DeliveryService>();
        return services;
    }
}
