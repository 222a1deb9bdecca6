using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Delivery;

/// <summary>File steps that survive a power cut, and the names of what can go wrong with them.</summary>
internal static class DurableFile
{
    private const int ReadOnly = 0, NoSpace = 28, QuotaExceeded = 122, DiskFull = unchecked((int)0x80070070);

    /// <summary>Whether an I/O error means that there is no room.</summary>
    public static bool IsDiskFull(IOException error) => error.HResult is NoSpace or QuotaExceeded or DiskFull;

    /// <summary>Claims a folder for one purpose until it is disposed; also the system's end of the process gives it back.</summary>
    /// <exception cref="IOException">Another process has claimed it.</exception>
    public static FileStream Claim(string folder, string purpose) =>
        new(Path.Combine(folder, $".{purpose}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Writes bytes and waits until they are on the disk.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Waits until a written file is on the disk.</summary>
    public static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Waits until a folder's entries (names made, moved, removed) are on the disk.</summary>
    public static void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = Open(path, ReadOnly);
        if (folder < 0) throw Failed("open", path);
        try
        {
            if (FSync(folder) != 0) throw Failed("fsync", path);
        }
        finally
        {
            _ = Close(folder);
        }
    }

    private static IOException Failed(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{call} of folder '{path}': {new Win32Exception(error).Message}", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int file);
}
