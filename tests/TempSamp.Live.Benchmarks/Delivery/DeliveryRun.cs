using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Benchmarks;

/// <summary>Delivery as the daemon runs it, without the daemon, in a folder.</summary>
internal sealed class DeliveryRun : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private DeliveryRun(ServiceProvider services) => _services = services;

    public IServiceProvider Services => _services;

    public IClipEvents Events => _services.GetRequiredService<IClipEvents>();

    public IClipDelivery Clips => _services.GetRequiredService<IClipDelivery>();

    public StateDatabase State => _services.GetRequiredService<StateDatabase>();

    public static async Task<DeliveryRun> StartAsync(DeliveryOptions delivery, StoreOptions? store = null, EventsOptions? events = null, Action<ILoggingBuilder>? logging = null)
    {
        var services = new ServiceCollection().AddLogging(logging ?? (_ => { })).AddDelivery();
        services.Replace(ServiceDescriptor.Singleton(Options.Create(delivery)));
        services.Replace(ServiceDescriptor.Singleton(Options.Create(store ?? new())));
        services.Replace(ServiceDescriptor.Singleton(Options.Create(events ?? new())));
        var run = new DeliveryRun(services.BuildServiceProvider());
        foreach (var service in run._services.GetServices<IHostedService>()) await service.StartAsync(default);
        return run;
    }

    /// <summary>A plan as the daemon makes it; the clip's id follows from stream and number.</summary>
    public static ClipPlan Plan(string stream, int number)
    {
        var span = TimeRange.FromSeconds(number * 20, (number * 20) + 8);
        var session = $"{stream}-s1";
        WindowVerdict[] sightings = [new("goal", TimeRange.FromSeconds(number * 20, (number * 20) + 20), span, 0.9, 0.8, "<answer>0 to 8</answer>"), new("goal", TimeRange.FromSeconds((number * 20) - 4, (number * 20) + 16), span, 0.8, 0.7, "<answer>4 to 12</answer>")];
        return new(ClipId.For(stream, session, "goal", span), stream, session, DateTimeOffset.UnixEpoch, "arrival", new("goal", "a goal is scored", 0.5, ClipPolicy.Default),
            new("goal", span, 0.9, 0.8, sightings), span, new("tempsamp-mini", "sha256:00"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(default);
        await _services.DisposeAsync();
    }
}
