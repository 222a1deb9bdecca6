using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>Looks at the state of a folder without changing it.</summary>
public static class StateTrial
{
    /// <summary>Whether a daemon uses the folder at the moment.</summary>
    public static bool IsInUse(DeliveryOptions options)
    {
        var folder = Path.GetFullPath(options.Directory);
        if (!File.Exists(Path.Combine(folder, ".delivery.lock"))) return false;
        try
        {
            using var claim = DurableFile.Claim(folder, "delivery");
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Reads the whole database.</summary>
    /// <returns>What is there, for people.</returns>
    /// <exception cref="TrialException">The reason is <c>damaged</c>, <c>unreadable</c> or <c>newer</c>.</exception>
    public static string Run(DeliveryOptions options)
    {
        var path = Path.Combine(Path.GetFullPath(options.Directory), "state.db");
        if (!Path.Exists(path)) return "none yet; the daemon makes it";
        try
        {
            using var state = new StateConnection(path, isWriter: false);
            var verdict = state.First("PRAGMA quick_check(1)", row => row.GetString(0));
            if (verdict != "ok") throw new TrialException("damaged", $"{path}: {verdict}");
            var version = state.Number("PRAGMA user_version");
            if (version > StateSchema.Version) throw new TrialException("newer", $"{path} has form {version}, and this program knows {StateSchema.Version}");
            return $"{path} is sound, {state.Number("SELECT count(*) FROM outbox")} events wait in its outbox";
        }
        catch (SqliteException error)
        {
            throw new TrialException(StateFile.IsDamage(error) ? "damaged" : "unreadable", $"{path} cannot be read: {error.Message}", error);
        }
    }
}
