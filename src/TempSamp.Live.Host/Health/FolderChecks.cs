using Microsoft.Extensions.Configuration;
using TempSamp.Live.Delivery;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>Checks of what the daemon writes on this machine, and of the memory that it may take.</summary>
internal static class FolderChecks
{
    private const long Scarce = 1L << 30;

    /// <summary>The data folder takes a file, renames it, and has room.</summary>
    public static Finding Data(IConfiguration configuration)
    {
        var delivery = Settings.Get<DeliveryOptions>(configuration);
        var folder = Path.GetFullPath(delivery.Directory);
        var wanted = Math.Max(Scarce, delivery.Retention.FreeBytes);
        long free = 0;
        if (WhyUnwritable(folder, () => free = new DriveInfo(folder).AvailableFreeSpace) is { } why) return Finding.Of(DoctorFaults.DataUnwritable, $"{folder}: {why}");
        return free >= wanted
            ? Finding.Good("data folder", $"{folder} takes files and renames them, {free >> 30} GiB free")
            : Finding.Of(DoctorFaults.DataScarce, $"{folder} has {free >> 20} MiB left of the {wanted >> 20} MiB that should be");
    }

    /// <summary>The tape's folder takes files.</summary>
    public static Finding Tape(IConfiguration configuration)
    {
        if (Daemon.Tape(configuration).Bounds.SpillDirectory is not { } folder) return Finding.Good("tape", "in memory only");
        return WhyUnwritable(folder) is { } why ? Finding.Of(DoctorFaults.TapeUnwritable, $"{folder}: {why}") : Finding.Good("tape", $"{folder} takes files");
    }

    /// <summary>The log file's folder takes files.</summary>
    public static Finding Log(IConfiguration configuration)
    {
        var file = Settings.Get<LogOptions>(configuration).File;
        if (file.Length == 0) return Finding.Good("log", "to standard error");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return WhyUnwritable(folder) is { } why ? Finding.Of(DoctorFaults.LogUnwritable, $"{folder}: {why}") : Finding.Good("log", $"to standard error and {file}");
    }

    /// <summary>Tapes and workers fit into memory when all streams are watched at once.</summary>
    public static Finding Memory(IConfiguration configuration)
    {
        var (tape, workers) = (Settings.Get<TapeOptions>(configuration), Settings.Get<WorkerOptions>(configuration));
        var streams = StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration)).Count;
        var (most, there) = ((Int128)streams * tape.MemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return most <= there
            ? Finding.Good("memory", $"{there >> 20} MiB; tapes of {streams} streams take up to {most >> 20} MiB, each worker up to {workers.MemoryBytes >> 20} MiB")
            : Finding.Of(DoctorFaults.MemoryShort, $"tapes of {streams} streams may take {most >> 20} MiB, and this machine has {there >> 20} MiB");
    }

    /// <summary>The state is sound and of this program.</summary>
    public static Finding State(IConfiguration configuration, bool isRunning)
    {
        try
        {
            var found = StateTrial.Run(Settings.Get<DeliveryOptions>(configuration));
            return isRunning ? Finding.Of(DoctorFaults.StateInUse, $"a daemon uses the folder now; {found}") : Finding.Good("state", found);
        }
        catch (TrialException e)
        {
            return Finding.Of(e.Reason switch { "newer" => DoctorFaults.StateNewer, "unreadable" => DoctorFaults.StateUnreadable, _ => DoctorFaults.StateDamaged }, e.Message);
        }
    }

    /// <summary>Why a folder takes no files; null when it does. Leaves nothing behind, not even folders.</summary>
    private static string? WhyUnwritable(string folder, Action? also = null)
    {
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
        var made = Missing(folder);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(probe, "doctor");
            File.Move(probe, probe + ".renamed");
            File.Delete(probe + ".renamed");
            also?.Invoke();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        finally
        {
            foreach (var one in made.Where(one => Directory.Exists(one) && !Directory.EnumerateFileSystemEntries(one).Any())) Directory.Delete(one);
        }
    }

    /// <summary>The folder and those above it that do not exist, the deepest first.</summary>
    private static List<string> Missing(string folder)
    {
        var missing = new List<string>();
        for (var at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at)) missing.Add(at);
        return missing;
    }
}
