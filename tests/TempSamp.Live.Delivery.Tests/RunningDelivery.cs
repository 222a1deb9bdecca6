using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Delivery as the daemon runs it, without the daemon.</summary>
public sealed class RunningDelivery : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _isStopped;

    private RunningDelivery(ServiceProvider services) => _services = services;

    public IServiceProvider Services => _services;

    public IClipEvents Events => _services.GetRequiredService<IClipEvents>();

    public IClipDelivery Clips => _services.GetRequiredService<IClipDelivery>();

    public IEventFeed Feed => _services.GetRequiredService<IEventFeed>();

    internal StateDatabase State => _services.GetRequiredService<StateDatabase>();

    internal ClipDelivery Delivery => _services.GetRequiredService<ClipDelivery>();

    internal Spool Spool => _services.GetRequiredService<Spool>();

    internal OutboxPumps Pumps => _services.GetRequiredService<OutboxPumps>();

    public static async Task<RunningDelivery> StartAsync(string folder, TimeProvider time, Action<IServiceCollection>? also)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(time).AddDelivery();
        services.Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(new DeliveryOptions { Directory = folder })));
        also?.Invoke(services);
        var delivery = new RunningDelivery(services.BuildServiceProvider());
        try
        {
            foreach (var service in delivery._services.GetServices<IHostedService>()) await service.StartAsync(TestContext.Current.CancellationToken);
            return delivery;
        }
        catch
        {
            await delivery._services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Announces a clip and hands it over; ends when it is stored.</summary>
    public async Task<StoredClip> DeliverAsync(ClipDetected detected, string content = "moving pictures", bool hasPoster = true)
    {
        await Events.PublishAsync(detected, default);
        var handover = await Clips.HandOverAsync(detected.Plan, DeliveryFixture.Cut(Clips, detected.Plan, content, hasPoster), default);
        return await handover.Stored;
    }

    /// <summary>Stops as the daemon does: what is on its way gets its time.</summary>
    public Task StopAsync() => StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Stops at once, as a crash would: nothing is waited for.</summary>
    public Task CrashAsync() => StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
    }

    private async Task StopAsync(CancellationToken giveUp)
    {
        if (_isStopped) return;
        _isStopped = true;
        foreach (var service in _services.GetServices<IHostedService>().Reverse()) await service.StopAsync(giveUp);
        if (giveUp.IsCancellationRequested) await _services.DisposeAsync();
    }
}
