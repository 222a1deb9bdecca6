using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Media;

/// <summary>How a worker is started: this program again, with an environment that holds no secrets.</summary>
internal static class WorkerCommand
{
    /// <summary>Managed memory that a worker may use, as a share of all that it may use: packets pass through, pictures are libav's.</summary>
    private const int ManagedShare = 2;

    /// <summary>The service's program, which lies beside whatever runs its code.</summary>
    private const string Service = "tempsamp-live";

    private static readonly string[] s_passed =
    [
        "PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT",
        "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    ];

    /// <summary>The command of a verb.</summary>
    /// <param name="verb">First argument.</param>
    /// <param name="memoryBytes">Bound of the worker's memory.</param>
    public static ProcessStartInfo For(string verb, long memoryBytes)
    {
        var command = new ProcessStartInfo(Program(), [verb])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var name in command.Environment.Keys.Except(s_passed).ToList()) command.Environment.Remove(name);
        command.Environment["DOTNET_GCHeapHardLimit"] = (memoryBytes / ManagedShare).ToString("X", CultureInfo.InvariantCulture);
        command.Environment["DOTNET_gcServer"] = "0";
        command.Environment["DOTNET_gcConcurrent"] = "0";
        command.Environment["DOTNET_TieredPGO"] = "0";
        command.Environment["DOTNET_EnableDiagnostics"] = "0";
        return command;
    }

    private static string Program() => Path.Combine(AppContext.BaseDirectory, Service) is var service && File.Exists(service) ? service
        : Environment.ProcessPath ?? throw new WorkerLostException("the path of this program is unknown", "");
}
