using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serilog;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;
using TempSamp.Live.Model;
using TempSamp.Live.Sessions;
using SessionOptions = TempSamp.Live.Sessions.SessionOptions;

namespace TempSamp.Live.Host;

/// <summary>The whole service, composed from its settings.</summary>
internal sealed partial class Daemon : IAsyncDisposable
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
    /// <param name="sources">Where streams and queries are read again from when they change; null: they stay as they are.</param>
    /// <exception cref="SettingsException">The settings cannot be used.</exception>
    public static Daemon Create(IConfiguration configuration, Action<IServiceCollection>? also = null, SettingsSources? sources = null)
    {
        Settings.Validate(configuration);
        var builder = WebApplication.CreateEmptyBuilder(new());
        var services = builder.Services;
        services.AddSerilog(Logs.Create(Settings.Get<LogOptions>(configuration)), dispose: true);
        services.AddSingleton<IHostLifetime, CallerLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Settings.Get<SessionOptions>(configuration).DrainTime + StopMargin);
        Settings.Bind(services, configuration);
        services.AddSingleton(Options.Create(Tape(configuration)));

        services.AddMedia().AddGrounding().AddDelivery().AddSessions();
        services.AddSingleton<ResolveAddress>(new AddressGuard(new IngestOptions { AllowPrivateAddresses = Settings.Get<EventsOptions>(configuration).AllowPrivateAddresses }).ResolveAsync);
        var data = Settings.Get<DeliveryOptions>(configuration).Directory;
        var shares = Settings.Get<AssignmentOptions>(configuration).Kind == AssignmentKind.Kafka;
        services.AddSingleton(s => new StreamBook(sources, configuration, Path.Combine(data, "managed.json"), shares ? s.GetRequiredService<PublishedStreams>() : null, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<StreamBook>>()));
        services.AddSingleton<IWantedStreams>(s => s.GetRequiredService<StreamBook>());
        services.AddSingleton<StartedFlag>().AddHostedService<SystemdNotifications>();
        Telemetry.Add(services);
        services.AddSingleton(s => new AuditLog(Path.Combine(data, "audit.jsonl"), s.GetRequiredService<TimeProvider>()));
        HealthEndpoints.Add(services);
        var api = Settings.Get<ApiOptions>(configuration);
        if (api.Enabled) ApiServer.Add(builder, api);
        else services.AddSingleton<IServer, NoServer>();
        services.AddHostedService<AssignmentService>();   // late in, so early to stop: streams drain while everything else still runs
        also?.Invoke(services);
        var app = builder.Build();
        if (api.Enabled) ApiServer.Map(app);
        return new(app);
    }

    // The tape lies beside the clips unless it is told otherwise.
    internal static TapeOptions Tape(IConfiguration configuration)
    {
        var tape = Settings.Get<TapeOptions>(configuration);
        return tape.SpillDirectory is not null ? tape : tape with { SpillDirectory = Path.Combine(Settings.Get<DeliveryOptions>(configuration).Directory, "tape") };
    }

    /// <summary>Loads the native libraries and the model and starts every service.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Services.GetService<IStartupValidator>()?.Validate();
        FFmpegLibraries.Ensure(Services.GetRequiredService<IOptions<IngestOptions>>().Value.FFmpegPath);
        TorchRuntime.Ensure(Services.GetRequiredService<IOptions<TorchOptions>>().Value.LibraryPath);
        Services.GetRequiredService<Metrics>();   // its meters exist from here on
        try
        {
            await _host.StartAsync(cancel);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && Broken is not null)
        {
            return;   // a service broke while others were starting: RunToEndAsync tells
        }
        Services.GetRequiredService<StartedFlag>().Set();
        if (Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses is { Count: > 0 } addresses)
            LogListens(Services.GetRequiredService<ILogger<Daemon>>(), string.Join(", ", addresses));
    }

    /// <summary>Waits until <paramref name="stop"/> or a service asks to end, then drains and stops.</summary>
    /// <returns>The fault of the service that broke, or null: on .NET 10 a host that a broken service stopped looks like any other.</returns>
    public async Task<Exception?> RunToEndAsync(CancellationToken stop)
    {
        await _host.WaitForShutdownAsync(stop);
        return Broken;
    }

    private Exception? Broken => Services.GetServices<IHostedService>().OfType<BackgroundService>()
        .Select(service => service.ExecuteTask?.Exception?.GetBaseException())
        .FirstOrDefault(fault => fault is not null);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();

    /// <summary>Signals are the command line's business, not the host's.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Stands for the web server where the API is switched off.</summary>
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() { }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The API listens on {Addresses}")]
    private static partial void LogListens(Microsoft.Extensions.Logging.ILogger logger, string addresses);
}
