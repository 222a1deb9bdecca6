using System.Diagnostics;
using System.Text;

namespace TempSamp.Live.Testing;

/// <summary>A program that a test starts and that ends with the test. Keeps the last of what it says, for the message of a failure.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 40;

    private readonly Process _process;
    private readonly Queue<string> _said = new();

    private ChildProcess(Process process) => _process = process;

    /// <summary>Starts a program found in the path.</summary>
    public static ChildProcess Start(string program, params IEnumerable<string> arguments)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, e) => child.Keep(e.Data);
        process.ErrorDataReceived += (_, e) => child.Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Where a program lies; null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote.</summary>
    public string Said
    {
        get { lock (_said) return string.Join('\n', _said); }
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Stops it where it is, as a peer that hangs; it still holds its connections.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal("-CONT");

    /// <summary>Ends it as a crash would.</summary>
    public void Kill() => Signal("-KILL");

    /// <summary>Asks it to end.</summary>
    public void Ask() => Signal("-TERM");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > LinesKept) _said.Dequeue();
        }
    }
}
