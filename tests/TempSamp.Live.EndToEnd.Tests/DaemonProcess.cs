using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>The real program in a process of its own.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private DaemonProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    public static DaemonProcess Start(params IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "tempsamp-live");
        return new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!);
    }

    /// <summary>Runs to its own end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params IEnumerable<string> arguments)
    {
        await using var daemon = Start(arguments);
        var code = await daemon.WaitForExitAsync();
        return (code, daemon.Output, daemon.Error);
    }

    /// <summary>Waits until the log holds a text.</summary>
    public Task WaitForLogAsync(string text) => WaitAsync($"the log to say '{text}'", () => Error.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until something is so; fails with the log when the program ends or time runs out first.</summary>
    public async Task WaitAsync(string what, Func<bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Patience) Assert.Fail($"Waited in vain for {what}. The log:\n{Error}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ctrl-C, then waits for the end.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await WaitForExitAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience * 4, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The complete lines of a journal; empty while there is none.</summary>
    public static IReadOnlyList<JsonElement> Events(string folder)
    {
        var journal = Path.Combine(folder, "events.jsonl");
        if (!File.Exists(journal)) return [];
        using var stream = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static void Append(StringBuilder to, string? line)
    {
        if (line is null) return;
        lock (to) to.AppendLine(line);
    }

    private static string Read(StringBuilder from)
    {
        lock (from) return from.ToString();
    }
}
