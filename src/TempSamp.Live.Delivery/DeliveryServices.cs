using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Registers where clips and events go.</summary>
public static class DeliveryServices
{
    /// <summary>Adds the embedded store and journal below <see cref="DeliveryOptions.Directory"/>.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IClipStore, FileClipStore>();
        services.TryAddSingleton<IClipEvents, JournalClipEvents>();
        services.AddOptions<VerdictOptions>();
        services.TryAddSingleton<IVerdictLog, VerdictStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>());
        return services;
    }
}
