using System.Diagnostics;

namespace TempSamp.Live.Testing;

/// <summary>A real S3 server: S3Proxy, quick to start, or Ceph's gateway, thorough and heavy.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>The key pair of both.</summary>
    public const string AccessKey = "testkey", SecretKey = "testsecret12";

    private readonly ToolServer? _proxy;
    private readonly string? _ceph;

    private S3Server(string endpoint, ToolServer? proxy, string? ceph) => (Endpoint, _proxy, _ceph) = (endpoint, proxy, ceph);

    /// <summary>Where it listens.</summary>
    public string Endpoint { get; }

    /// <summary>Why there is no Ceph; null when there is. It takes a minute and a gigabyte, so tests use it only when <c>TEMPSAMP_CEPH</c> is 1.</summary>
    public static string? WhyNoCeph =>
        Environment.GetEnvironmentVariable("TEMPSAMP_CEPH") != "1" ? "Ceph is heavy: set TEMPSAMP_CEPH=1 to test against it"
        : SharedData.Tools is null ? SharedData.Missing("tools")
        : ChildProcess.Find("radosgw") is null ? "radosgw is not installed" : null;

    /// <summary>Starts S3Proxy.</summary>
    public static async Task<S3Server> StartProxyAsync()
    {
        var server = await ToolServer.StartAsync("s3proxy").ConfigureAwait(false);
        return new($"http://127.0.0.1:{server.Port}", server, null);
    }

    /// <summary>Starts Ceph with its gateway on port 7480.</summary>
    public static async Task<S3Server> StartCephAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tempsamp-ceph-").FullName;
        await RunAsync("bash", Path.Combine(SharedData.Tools!, "ceph", "up.sh"), folder, "memstore").ConfigureAwait(false);
        return new("http://localhost:7480", null, folder);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Kill() => Signal("-KILL");

    /// <summary>Stops it where it is.</summary>
    public void Pause() => Signal("-STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("-CONT");

    /// <summary>Starts it again with its data.</summary>
    public Task StartAgainAsync() => _proxy is not null
        ? _proxy.StartAgainAsync()
        : RunAsync("radosgw", "-c", Path.Combine(_ceph!, "ceph.conf"), "-n", "client.rgw", $"--rgw-data={_ceph}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync().ConfigureAwait(false);
            return;
        }
        await RunAsync("bash", Path.Combine(SharedData.Tools!, "ceph", "down.sh"), _ceph!).ConfigureAwait(false);
        Directory.Delete(_ceph!, recursive: true);
    }

    private void Signal(string name)
    {
        if (_proxy is not null)
        {
            if (name == "-KILL") _proxy.Kill();
            else if (name == "-STOP") _proxy.Pause();
            else _proxy.Resume();
            return;
        }
        using var kill = Process.Start(new ProcessStartInfo("kill", [name, File.ReadAllText(Path.Combine(_ceph!, "run", "client.rgw.pid")).Trim()]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
