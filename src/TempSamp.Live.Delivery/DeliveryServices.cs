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
        services.AddOptions<StoreOptions>();
        services.AddOptions<EventsOptions>();
        services.AddOptions<AssignmentOptions>();
        services.AddOptions<VerdictOptions>();
        services.TryAddSingleton<IVerdictLog, VerdictStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventsOptions>, EventsOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AssignmentOptions>, AssignmentOptionsValidator>());

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StateDatabase>();
        services.TryAddSingleton<Spool>();
        services.TryAddSingleton<IClipStore>(provider => provider.GetRequiredService<IOptions<StoreOptions>>().Value.Kind == StoreKind.S3
            ? ActivatorUtilities.CreateInstance<S3ClipStore>(provider)
            : ActivatorUtilities.CreateInstance<FolderClipStore>(provider));
        services.TryAddSingleton<EventSignal>();
        services.TryAddSingleton<EventChannels>();
        services.TryAddSingleton<CloudEventWriter>();
        services.TryAddSingleton<ClipOutbox>();
        services.TryAddSingleton<IClipEvents>(provider => provider.GetRequiredService<ClipOutbox>());
        services.TryAddSingleton<IEventFeed, EventFeed>();
        services.TryAddSingleton<ServerSentEvents>();
        services.TryAddSingleton<ClipDelivery>();
        services.TryAddSingleton<IClipDelivery>(provider => provider.GetRequiredService<ClipDelivery>());
        services.TryAddSingleton<StateRecovery>();
        services.TryAddSingleton<KafkaSenders>();
        services.TryAddSingleton<HeldShares>();
        services.TryAddSingleton<GroupMembership>();
        services.TryAddSingleton<Leftovers>();
        services.TryAddSingleton<WorkerGroup>();
        services.TryAddSingleton<PublishedStreams>();
        services.TryAddSingleton<IPublishFence>(provider => Shares(provider) ? provider.GetRequiredService<HeldShares>() : new NoFence());
        services.TryAddSingleton<IStreamAssignments>(provider => Shares(provider)
            ? ActivatorUtilities.CreateInstance<KafkaAssignments>(provider)
            : ActivatorUtilities.CreateInstance<StaticAssignments>(provider));
        services.TryAddSingleton<IDeadLetters, DeadLetters>();
        services.TryAddSingleton<OutboxPumps>();
        services.TryAddSingleton<DeliveryProbe>();
        services.TryAddSingleton<IDeliveryHealth, DeliveryHealth>();
        services.TryAddSingleton<IClipLibrary, ClipLibrary>();
        services.TryAddSingleton<IFreeSpace, DeliveryDisk>();
        services.TryAddSingleton<Retention>();
        services.TryAddSingleton<Reconciliation>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerGroup>());   // first in, so last out: what was told last is still published
        services.AddHostedService<DeliveryService>();
        services.AddHostedService(provider => provider.GetRequiredService<Leftovers>());
        services.AddHostedService<RetentionService>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryProbe>());
        return services;
    }

    private static bool Shares(IServiceProvider provider) => provider.GetRequiredService<IOptions<AssignmentOptions>>().Value.Kind == AssignmentKind.Kafka;
}
