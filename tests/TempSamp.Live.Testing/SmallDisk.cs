using System.Diagnostics;

namespace TempSamp.Live.Testing;

/// <summary>A file system of four megabytes in memory.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _mount;

    private SmallDisk(string mount) => _mount = mount;

    /// <summary>A folder on it.</summary>
    public string Folder => Path.Combine(_mount, "data");

    private string Filler => Path.Combine(_mount, "filler");

    /// <summary>Mounts one; null where this user may not.</summary>
    /// <param name="at">Where, a folder that is not there yet; null for a temporary one.</param>
    public static async Task<SmallDisk?> MountAsync(string? at = null)
    {
        var disk = new SmallDisk(at is null ? Directory.CreateTempSubdirectory("tempsamp-disk-").FullName : Directory.CreateDirectory(at).FullName);
        if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tempsamp-test", disk._mount).ConfigureAwait(false)) return disk;
        Directory.Delete(disk._mount);
        return null;
    }

    /// <summary>Fills it up to a rest.</summary>
    public void Fill(long leave) => File.WriteAllBytes(Filler, new byte[new DriveInfo(_mount).AvailableFreeSpace - leave]);

    /// <summary>Makes room again.</summary>
    public void Empty() => File.Delete(Filler);

    /// <summary>Makes it read-only, or writable again; nobody may have a file open for writing.</summary>
    public async Task SetReadOnlyAsync(bool isReadOnly)
    {
        if (!await RunAsync("mount", "-o", $"remount,{(isReadOnly ? "ro" : "rw")}", _mount).ConfigureAwait(false)) throw new InvalidOperationException($"'{_mount}' cannot be mounted again");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", _mount).ConfigureAwait(false);
        Directory.Delete(_mount);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0;
    }
}
