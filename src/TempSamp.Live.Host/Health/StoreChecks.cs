using Microsoft.Extensions.Configuration;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>Checks of the folder that clips and events go to.</summary>
internal static class StoreChecks
{
    private const long Scarce = 1L << 30;

    /// <summary>The store's folder takes a file, renames it, and has room.</summary>
    public static async Task<Finding> FolderAsync(IConfiguration configuration)
    {
        const string name = "store";
        var folder = Path.GetFullPath(Settings.Get<DeliveryOptions>(configuration).Directory);
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
        var isNew = !Directory.Exists(folder);
        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(probe, "doctor");
            File.Move(probe, probe + ".renamed");
            File.Delete(probe + ".renamed");
            var free = new DriveInfo(folder).AvailableFreeSpace;
            return free >= Scarce
                ? Finding.Good(name, $"{folder} takes files and renames them, {free >> 30} GiB free")
                : Finding.Failed(name, $"{folder} has {free >> 20} MiB left", "free at least 1 GiB, or set Delivery:Directory to another disk");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed(name, $"{folder} cannot be written: {e.Message}", "make it writable for this user, or set Delivery:Directory to another folder");
        }
        finally
        {
            if (isNew && Directory.Exists(folder)) Directory.Delete(folder);
        }
    }
}
