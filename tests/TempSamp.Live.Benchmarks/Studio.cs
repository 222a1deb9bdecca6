using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Benchmarks;

/// <summary>The service without its model: real ingest, tape, cutting, state, store and journal in a folder of its own, with a finder of the benchmark's.</summary>
internal sealed class Studio : IAsyncDisposable
{
    /// <summary>How much of each stream the tapes keep.</summary>
    public static readonly TimeSpan TapeLength = TimeSpan.FromMinutes(2);

    private readonly ServiceProvider _services;
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-bench-").FullName;

    private Studio(IMomentFinder finder)
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning));
        services.AddMedia().AddDelivery().AddSessions();
        services.AddSingleton(finder);
        services.AddSingleton(Options.Create(new IngestOptions { AllowPrivateAddresses = true, Isolation = IngestIsolation.Thread }));
        services.AddSingleton(Options.Create(new RtmpOptions { Address = "127.0.0.1", Port = 0 }));
        services.AddSingleton(Options.Create(new DeliveryOptions { Directory = _folder }));
        services.AddSingleton(Options.Create(new TapeOptions { SpillDirectory = Path.Combine(_folder, "tape"), Length = TapeLength, MemoryBytes = 4 << 20 }));
        services.Replace(ServiceDescriptor.Singleton<IClipEvents>(provider => new Observed(provider.GetRequiredService<ClipOutbox>(), Events)));
        _services = services.BuildServiceProvider();
    }

    /// <summary>The running streams.</summary>
    public SessionRegistry Registry => _services.GetRequiredService<SessionRegistry>();

    /// <summary>The endpoint for publishers.</summary>
    public RtmpListener Listener => _services.GetRequiredService<RtmpListener>();

    /// <summary>What was told, after it was recorded, with the instant.</summary>
    public ConcurrentQueue<(SessionEvent Event, DateTimeOffset At)> Events { get; } = [];

    /// <summary>Starts it for some streams.</summary>
    public static async Task<Studio> StartAsync(IMomentFinder finder, params IReadOnlyList<StreamSpec> streams)
    {
        var studio = new Studio(finder);
        foreach (var service in studio._services.GetServices<IHostedService>()) await service.StartAsync(default);
        foreach (var stream in streams.Where(stream => stream.Url.StartsWith("listen:", StringComparison.Ordinal))) studio.Listener.Expect(stream.Url["listen:".Length..]);
        await studio.Registry.ApplyAsync(streams, default);
        return studio;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Registry.StopAsync();
        foreach (var service in _services.GetServices<IHostedService>().Reverse()) await service.StopAsync(default);
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Observed(IClipEvents inner, ConcurrentQueue<(SessionEvent, DateTimeOffset)> seen) : IClipEvents
    {
        public async Task PublishAsync(SessionEvent happened, CancellationToken cancel)
        {
            await inner.PublishAsync(happened, cancel);
            seen.Enqueue((happened, TimeProvider.System.GetUtcNow()));
        }
    }
}
