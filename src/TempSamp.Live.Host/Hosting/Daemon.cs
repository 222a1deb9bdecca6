using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Serilog;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;
using TempSamp.Live.Model;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>The whole service, composed from its settings.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    /// <summary>Time that stopping may take beyond the streams' own drain time.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(15);

    private readonly IHost _host;

    private Daemon(IHost host) => _host = host;

    /// <summary>What the daemon is made of.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Composes a daemon; nothing is loaded, opened or started yet.</summary>
    /// <param name="configuration">All settings.</param>
    /// <param name="also">Adds to or replaces what was registered.</param>
    /// <exception cref="SettingsException">The settings cannot be used.</exception>
    public static Daemon Create(IConfiguration configuration, Action<IServiceCollection>? also = null)
    {
        Settings.Validate(configuration);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var services = builder.Services;
        services.AddSerilog(Logs.Create(Settings.Get<LogOptions>(configuration)), dispose: true);
        services.AddSingleton<IHostLifetime, CallerLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Settings.Get<SessionOptions>(configuration).DrainTime + StopMargin);
        Settings.Bind(services, configuration);

        services.AddMedia().AddGrounding().AddDelivery().AddSessions();
        services.AddSingleton<IStreamAssignments>(new StaticAssignments(StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration))));
        services.AddHostedService<AssignmentService>();   // last in, so first to stop: streams drain while everything else still runs
        also?.Invoke(services);
        return new(builder.Build());
    }

    /// <summary>Loads the native libraries and the model and starts every service.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Services.GetService<IStartupValidator>()?.Validate();
        FFmpegLibraries.Ensure(Services.GetRequiredService<IOptions<IngestOptions>>().Value.FFmpegPath);
        TorchRuntime.Ensure(Services.GetRequiredService<IOptions<TorchOptions>>().Value.LibraryPath);
        await _host.StartAsync(cancel);
    }

    /// <summary>Waits until <paramref name="stop"/> or a service asks to end, then drains and stops.</summary>
    /// <returns>The fault of the service that broke, or null: on .NET 10 a host that a broken service stopped looks like any other.</returns>
    public async Task<Exception?> RunToEndAsync(CancellationToken stop)
    {
        await _host.WaitForShutdownAsync(stop);
        return Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Select(service => service.ExecuteTask?.Exception?.GetBaseException())
            .FirstOrDefault(fault => fault is not null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();

    /// <summary>Signals are the command line's business, not the host's.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
