using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Benchmarks;

/// <summary>Tells whether anybody opened a file, as the kernel sees it.</summary>
internal sealed partial class OpenWatch : IDisposable
{
    private const int NonBlocking = 0x800; // IN_NONBLOCK
    private const uint Opened = 0x20;      // IN_OPEN

    private readonly int _watch;

    public OpenWatch(string path)
    {
        _watch = Start(NonBlocking);
        if (_watch < 0 || Add(_watch, path, Opened) < 0) throw new Win32Exception();
    }

    /// <summary>Whether it was opened since the last call.</summary>
    public bool WasOpened()
    {
        Span<byte> events = stackalloc byte[4096];
        return Read(_watch, ref MemoryMarshal.GetReference(events), events.Length) > 0;
    }

    public void Dispose() => _ = Close(_watch);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Start(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Add(int watch, string path, uint events);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte into, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
