using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Media;

/// <summary>
/// A worker process as its parent sees it: started, told its job, listened to, and ended when it is silent, stuck, too large or too slow. What it says
/// is not believed until it was checked.
/// </summary>
/// <remarks>One thread receives; a timer watches. Disposing ends the process, whatever it does.</remarks>
internal sealed class WorkerProcess : IDisposable
{
    private const int SaidBytes = 2048;
    private const long PageBytes = 4096;

    private static readonly TimeSpan s_parting = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly WirePipe _pipe;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _watch;
    private readonly byte[] _said = new byte[SaidBytes];
    private readonly Thread _errors;
    private int _saidLength;
    private long _waitingSince = NotWaiting, _limitStart, _limitTicks = Timeout.InfiniteTimeSpan.Ticks;
    private volatile string? _whyEnded;
    private volatile bool _hasBegun; // until then the limit alone counts: a busy machine starts programs slowly
    private bool _isDisposed;

    private const long NotWaiting = -1;

    private WorkerProcess(Process process, WorkerOptions options, TimeProvider time)
    {
        (_process, Id, _options, _time) = (process, process.Id, options, time);
        _pipe = new WirePipe(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _watch = time.CreateTimer(_ => Watch(), null, options.Heartbeat, options.Heartbeat);
        _errors = new Thread(KeepErrors) { Name = $"worker {Id} errors", IsBackground = true };
        _errors.Start();
    }

    /// <summary>Starts a worker.</summary>
    /// <exception cref="WorkerLostException">The program cannot be started.</exception>
    public static WorkerProcess Start(string verb, WorkerOptions options, TimeProvider time)
    {
        try
        {
            return new(Process.Start(WorkerCommand.For(verb, options.MemoryBytes))!, options, time);
        }
        catch (Win32Exception e)
        {
            throw new WorkerLostException($"it cannot be started: {e.Message}", "", e);
        }
    }

    /// <summary>Number of the process.</summary>
    public int Id { get; }

    /// <summary>Where memory for the pixels of frames comes from.</summary>
    public FramePool? Pixels
    {
        set => _pipe.Pixels = value;
    }

    /// <summary>Ends the worker when its next answers take longer in all.</summary>
    public TimeSpan Limit
    {
        set
        {
            Volatile.Write(ref _limitStart, _time.GetTimestamp());
            Volatile.Write(ref _limitTicks, value.Ticks);
        }
    }

    /// <summary>Sends a job.</summary>
    public void Send<T>(T job, JsonTypeInfo<T> type) => Send(WireKind.Job, JsonSerializer.SerializeToUtf8Bytes(job, type));

    /// <summary>Sends a message; blocks while the worker does not read.</summary>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    public void Send(WireKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more = default)
    {
        if (!TrySend(kind, payload, more)) throw Lost(null);
    }

    /// <summary>Sends a message from a thread that does not own the worker.</summary>
    /// <returns>False when the worker is gone; its owner learns why.</returns>
    public bool TrySend(WireKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more = default)
    {
        try
        {
            _pipe.Send(kind, payload, more);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Waits for the next message that is no sign of life.</summary>
    /// <exception cref="WorkerLostException">The worker is gone, or what it sends is no message.</exception>
    public WireMessage Receive()
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _waitingSince, _time.GetTimestamp());
                if (!_pipe.TryReceive(out var message)) throw Lost(null);
                _hasBegun = true;
                if (message.Kind != WireKind.Beat) return message;
                CheckBeat(message);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            throw Misbehaved(e);
        }
        finally
        {
            Volatile.Write(ref _waitingSince, NotWaiting);
        }
    }

    /// <summary>Ends the worker; whoever waits for it learns why.</summary>
    public void End(string why)
    {
        _whyEnded ??= why;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    /// <summary>The loss of this worker because of what it sent.</summary>
    public WorkerLostException Misbehaved(Exception cause)
    {
        End($"it sent something wrong: {cause.Message}");
        return Lost(cause);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        End("it is not needed any more");
        _watch.Dispose();
        _process.WaitForExit(s_parting);
        _errors.Join(s_parting);
        _process.StandardInput.BaseStream.Dispose();
        _process.StandardOutput.BaseStream.Dispose();
        _process.StandardError.BaseStream.Dispose();
        _process.Dispose();
    }

    private WorkerLostException Lost(Exception? cause)
    {
        if (!_process.WaitForExit(s_parting)) End("it closed its pipe and went on running");
        _process.WaitForExit(s_parting);
        _errors.Join(s_parting);
        var said = SecretText.Printable(Encoding.UTF8.GetString(_said, 0, _saidLength).Trim(), SaidBytes);
        return new WorkerLostException(_whyEnded ?? Ending(_process.ExitCode), said, cause);
    }

    // A process that a signal ended has that signal above 128 as its exit code.
    private static string Ending(int code) => code switch
    {
        128 + 6 => "it aborted (signal 6)",
        128 + 9 => "it was killed (signal 9)",
        128 + 11 => "it crashed (signal 11)",
        > 128 => $"it ended by signal {code - 128}",
        _ => $"it ended with exit code {code} before its work was done",
    };

    private void CheckBeat(WireMessage message)
    {
        var busy = TimeSpan.FromMilliseconds(new WireReader(message.Payload).Long());
        if (busy > _options.StuckAfter) End($"it was stuck in one call for {busy.TotalSeconds:0} s");
    }

    private void Watch()
    {
        var (waiting, limit) = (Volatile.Read(ref _waitingSince), Volatile.Read(ref _limitTicks));
        if (_hasBegun && waiting != NotWaiting && _time.GetElapsedTime(waiting) is var silent && silent > _options.SilentAfter) End($"it gave no sign of life for {silent.TotalSeconds:0.#} s");
        else if (limit >= 0 && _time.GetElapsedTime(Volatile.Read(ref _limitStart)).Ticks > limit) End($"it was not done after {TimeSpan.FromTicks(limit).TotalSeconds:0.#} s");
        else if (Resident() is var held && held > _options.MemoryBytes) End($"it held {held >> 20} MiB of memory, {_options.MemoryBytes >> 20} are allowed");
    }

    // Second number of statm: pages in memory. The file is empty or gone once the process has ended.
    private long Resident()
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{Id}/statm").Split(' ');
            return fields.Length > 1 ? long.Parse(fields[1], CultureInfo.InvariantCulture) * PageBytes : 0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    // The last of what it says, however much that is.
    private void KeepErrors()
    {
        var buffer = new byte[SaidBytes];
        try
        {
            for (int read; (read = _process.StandardError.BaseStream.Read(buffer)) > 0;)
            {
                var keep = Math.Min(_saidLength, SaidBytes - read);
                _said.AsSpan(_saidLength - keep, keep).CopyTo(_said);
                buffer.AsSpan(0, read).CopyTo(_said.AsSpan(keep));
                _saidLength = keep + read;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }
}
