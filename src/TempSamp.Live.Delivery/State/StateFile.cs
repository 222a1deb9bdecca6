using System.Globalization;
using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>The file of the state: opening it, telling whether it is sound, and setting a damaged one aside.</summary>
internal static class StateFile
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    /// <summary>Whether an error means that the file itself is damaged.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>Whether an error means that there is no room.</summary>
    public static bool IsFull(SqliteException error) => error.SqliteErrorCode == Full;

    /// <summary>Whether an error is the file's, and so of every step of its transaction, and not of one statement.</summary>
    public static bool IsOfTheFile(SqliteException error) =>
        error.SqliteErrorCode is Busy or Locked or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or NotADatabase;

    /// <summary>Opens and checks the database; a damaged one is renamed, never deleted, and a new one takes its place.</summary>
    /// <param name="path">The file; made when absent.</param>
    /// <param name="now">Names the damaged file.</param>
    /// <param name="setAside">Where the damaged file is now; null when there was none.</param>
    public static StateConnection Open(string path, DateTimeOffset now, out string? setAside)
    {
        setAside = null;
        try
        {
            return OpenSound(path);
        }
        catch (SqliteException error) when (IsDamage(error))
        {
            setAside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{now:yyyyMMdd'T'HHmmssfff}");
            File.Move(path, setAside);
            foreach (var tail in (string[])["-wal", "-shm"])
                if (File.Exists(path + tail)) File.Move(path + tail, setAside + tail);
            return OpenSound(path);
        }
    }

    private static StateConnection OpenSound(string path)
    {
        var state = new StateConnection(path, isWriter: true);
        try
        {
            var verdict = state.First("PRAGMA quick_check(1)", row => row.GetString(0));
            return verdict == "ok" ? state : throw new SqliteException(verdict, Corrupt);
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }
}
