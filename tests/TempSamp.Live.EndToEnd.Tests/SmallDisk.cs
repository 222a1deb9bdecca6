using System.Diagnostics;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>A file system of four megabytes in memory.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("tempsamp-disk-").FullName;

    /// <summary>A folder on it.</summary>
    public string Folder => Path.Combine(_mount, "data");

    private string Filler => Path.Combine(_mount, "filler");

    /// <summary>Mounts one; null where this user may not.</summary>
    public static async Task<SmallDisk?> MountAsync()
    {
        var disk = new SmallDisk();
        if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tempsamp-test", disk._mount)) return disk;
        Directory.Delete(disk._mount);
        return null;
    }

    /// <summary>Fills it up to a rest.</summary>
    public void Fill(long leave) => File.WriteAllBytes(Filler, new byte[new DriveInfo(_mount).AvailableFreeSpace - leave]);

    /// <summary>Makes room again.</summary>
    public void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", _mount);
        Directory.Delete(_mount);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
