using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Testing;

/// <summary>A real server of the tools folder, started by its own script <c>up.sh DIR PORT</c>; its data stay while it is killed and started again.</summary>
public sealed class ToolServer : IAsyncDisposable
{
    private readonly string _tool;
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string> _variables;

    private ToolServer(string tool, string folder, int port, IReadOnlyDictionary<string, string> variables) => (_tool, _folder, Port, _variables) = (tool, folder, port, variables);

    /// <summary>Where it listens on loopback.</summary>
    public int Port { get; }

    /// <summary>Why a server cannot run here; null when it can.</summary>
    public static string? WhyAbsent(string tool) =>
        SharedData.Tools is null ? SharedData.Missing("tools")
        : !File.Exists(Path.Combine(SharedData.Tools, tool, "up.sh")) ? $"the tools folder has no {tool}"
        : ChildProcess.Find("java") is null ? $"{tool} needs Java 17, which is not installed"
        : null;

    /// <summary>Starts one on a free port and waits until it answers.</summary>
    /// <param name="tool">Name of its folder: <c>kafka</c> or <c>s3proxy</c>.</param>
    /// <param name="variables">Environment of its script, of its folder and its port.</param>
    public static async Task<ToolServer> StartAsync(string tool, Func<string, int, IReadOnlyDictionary<string, string>>? variables = null)
    {
        var (folder, port) = (Directory.CreateTempSubdirectory($"tempsamp-{tool}-").FullName, FreePort.Next());
        var server = new ToolServer(tool, folder, port, variables?.Invoke(folder, port) ?? new Dictionary<string, string>());
        try
        {
            await server.StartAgainAsync().ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts it again after it was killed, with its data. Its script gives up after half a minute, which a busy machine may need; then it is tried once more.</summary>
    public async Task StartAgainAsync()
    {
        if (await TryStartAsync().ConfigureAwait(false) is null) return;
        Kill();
        if (await TryStartAsync().ConfigureAwait(false) is { } said) throw new InvalidOperationException($"{_tool} did not start: {said}");
    }

    private async Task<string?> TryStartAsync()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(SharedData.Tools!, _tool, "up.sh"), _folder, Port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _variables) start.Environment[name] = value;
        using var script = Process.Start(start)!;
        var said = script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync().ConfigureAwait(false);
        return script.ExitCode == 0 ? null : await said.ConfigureAwait(false);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Kill() => Signal("-KILL");

    /// <summary>Stops it where it is; its connections stay open.</summary>
    public void Pause() => Signal("-STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("-CONT");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Kill();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return ValueTask.CompletedTask;
            }
            catch (IOException) when (attempt < 20)   // the process is still closing its files
            {
                Thread.Sleep(50);
            }
        }
    }

    private void Signal(string name)
    {
        var pid = Path.Combine(_folder, "pid");
        if (!File.Exists(pid)) return;
        using var kill = Process.Start(new ProcessStartInfo("kill", [name, File.ReadAllText(pid).Trim()]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }
}
