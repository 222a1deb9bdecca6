using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>The whole daemon inside the test process, with a folder of its own. Only the model may be replaced.</summary>
internal sealed class LiveDaemon : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Daemon _daemon;
    private readonly CancellationTokenSource _stop = new();
    private Task<Exception?> _running = Task.FromResult<Exception?>(null);

    private LiveDaemon(Daemon daemon, string folder) => (_daemon, Folder) = (daemon, folder);

    /// <summary>Where clips and events go.</summary>
    public string Folder { get; }

    /// <summary>The journal as it is now.</summary>
    public IReadOnlyList<JsonElement> Events => DaemonProcess.Events(Folder);

    /// <summary>Starts a daemon whose model finds <paramref name="truths"/>, by query id, in every stream.</summary>
    public static Task<LiveDaemon> StartAsync(IReadOnlyDictionary<string, IReadOnlyList<TimeRange>> truths, params (string Key, string Value)[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("tempsamp-e2e-").FullName, truths, settings);

    /// <summary>Starts it in a folder, which goes with it.</summary>
    public static Task<LiveDaemon> StartAsync(string folder, IReadOnlyDictionary<string, IReadOnlyList<TimeRange>> truths, params (string Key, string Value)[] settings) =>
        StartAsync(folder, null, truths, settings);

    /// <summary>Starts it with streams and queries of a settings file, which may be changed while it runs.</summary>
    public static Task<LiveDaemon> StartFromFileAsync(string file, IReadOnlyDictionary<string, IReadOnlyList<TimeRange>> truths, params (string Key, string Value)[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("tempsamp-e2e-").FullName, file, truths, settings);

    private static async Task<LiveDaemon> StartAsync(string folder, string? file, IReadOnlyDictionary<string, IReadOnlyList<TimeRange>> truths, (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Logging:Level"] = "Warning",
            ["Delivery:Directory"] = folder,
            ["Rtmp:Address"] = "127.0.0.1",
            ["Rtmp:Port"] = "0",
            ["Api:Enabled"] = "false",
            ["Ingest:AllowPrivateAddresses"] = "true",
            ["Ingest:ReadTimeout"] = "00:00:04",
            ["Sessions:Outage"] = "00:00:02",
        };
        foreach (var (key, value) in settings) all[key] = value;
        var sources = file is null ? null : new SettingsSources { ProgramFolder = folder, MachineFolder = folder + "/none", Files = [file], CommandLine = all };
        var daemon = new LiveDaemon(
            Daemon.Create(sources?.Load() ?? new ConfigurationBuilder().AddInMemoryCollection(all).Build(), services => services.Replace(ServiceDescriptor.Singleton<IMomentFinder>(new ScriptedFinder(truths))), sources), folder);
        await daemon._daemon.StartAsync(TestContext.Current.CancellationToken);
        daemon._running = daemon._daemon.RunToEndAsync(daemon._stop.Token);
        return daemon;
    }

    /// <summary>Settings of a stream that asks for the given queries.</summary>
    public static (string, string)[] Stream(string id, string url, params string[] queries) =>
        [($"Streams:{id}:Url", url), .. queries.Select(query => ($"Streams:{id}:Queries:{query}:Text", $"the {query} event"))];

    /// <summary>Publishes a file into the daemon's own endpoint.</summary>
    public Task PublishAsync(string file, string key, double speed)
    {
        Listen(key);
        return SendAsync(file, key, speed);
    }

    /// <summary>Opens the endpoint for a stream's publisher.</summary>
    public void Listen(string key) => Listener.Expect(key);

    /// <summary>Publishes a file with any key.</summary>
    public Task SendAsync(string file, string key, double speed) =>
        new RtmpPublisher(TimeProvider.System).PublishAsync(file, $"rtmp://{Listener.Endpoint}/live/{key}", new() { Speed = speed });

    private RtmpListener Listener => _daemon.Services.GetRequiredService<RtmpListener>();

    /// <summary>One stream as it is now.</summary>
    public SessionStatus Status(string streamId) => _daemon.Services.GetRequiredService<SessionRegistry>().Status(streamId)!;

    /// <summary>Waits until the journal tells so many events of a type.</summary>
    public Task WaitForAsync(string type, int count, string? streamId = null) => Until.TrueAsync(
        $"{count} times {type}", Patience, () => Task.FromResult(Events.Count(e => Is(e, type) && (streamId is null || StreamOf(e) == streamId)) >= count),
        () => string.Join('\n', Events.Select(e => e.GetRawText())));

    /// <summary>Stops and drains; gives the fault of a service that broke.</summary>
    public async Task<Exception?> StopAsync()
    {
        await _stop.CancelAsync();
        return await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _daemon.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Whether an event's type has this short name, such as <c>clip.ready</c>.</summary>
    public static bool Is(JsonElement e, string type) => e.GetProperty("type").GetString()!.Contains($".{type}.", StringComparison.Ordinal);

    /// <summary>Id of the stream that an event tells of.</summary>
    public static string? StreamOf(JsonElement e) => e.GetProperty("data").GetProperty("stream").GetProperty("id").GetString();
}
