using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>The file of verdicts. One writer, in the daemon; readers in any process, at the same time. Used by one thread at a time.</summary>
/// <remarks>
/// Write-ahead log without a flush for each commit: a killed process loses nothing that was committed, a power cut at most the last seconds, and neither damages the
/// file. Times on a stream's timeline are ticks of 1/90000 s, <c>at</c> is UTC in milliseconds, <c>saliency</c> a byte for each second of the window, 255 for certain. Rows are numbered in the order they came, so the oldest have the lowest numbers.
/// </remarks>
internal sealed class VerdictDatabase : PreparedConnection
{
    public const string FileName = "verdicts.db";
    public const string SetAside = ".old";
    private const int Version = 2;

    private const string Schema = """
        CREATE TABLE sessions (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, session TEXT NOT NULL UNIQUE, started INTEGER NOT NULL, clock TEXT NOT NULL);
        CREATE INDEX sessions_of_stream ON sessions (stream, started);
        CREATE TABLE askings (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, query TEXT NOT NULL, text TEXT NOT NULL, threshold REAL NOT NULL,
            model TEXT NOT NULL, revision TEXT NOT NULL, prompt TEXT NOT NULL, UNIQUE (session, query, text, threshold, model, revision, prompt));
        CREATE TABLE verdicts (id INTEGER PRIMARY KEY, asking INTEGER NOT NULL, at INTEGER NOT NULL, window_start INTEGER NOT NULL, window_end INTEGER NOT NULL,
            span_start INTEGER, span_end INTEGER, presence REAL NOT NULL, raw REAL, confidence REAL NOT NULL, posterior INTEGER NOT NULL,
            outcome INTEGER NOT NULL, candidate INTEGER, waited_us INTEGER NOT NULL, took_us INTEGER NOT NULL, answer TEXT NOT NULL, saliency BLOB);
        CREATE INDEX verdicts_of_asking ON verdicts (asking, window_end);
        CREATE TABLE candidates (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, query TEXT NOT NULL, at INTEGER NOT NULL, candidate INTEGER NOT NULL,
            span_start INTEGER NOT NULL, span_end INTEGER NOT NULL, ending INTEGER NOT NULL, sightings INTEGER NOT NULL, denials INTEGER NOT NULL, oversights INTEGER NOT NULL, merged_into INTEGER);
        CREATE INDEX candidates_of_query ON candidates (session, query, span_end);
        """;

    private VerdictDatabase(string path, SqliteOpenMode mode) : base(path, mode)
    {
        try
        {
            if (mode != SqliteOpenMode.ReadWriteCreate) return;
            Number("PRAGMA journal_mode=WAL");
            Execute("PRAGMA synchronous=NORMAL");
            if (Number("PRAGMA user_version") == 0) Execute($"{Schema} PRAGMA user_version={Version};");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens the daemon's file for writing, and makes it when absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isSetAside">Whether a damaged file, or one of another version, was renamed to make room for a new one.</param>
    public static VerdictDatabase OpenWriter(string path, out bool isSetAside)
    {
        isSetAside = false;
        try
        {
            var database = new VerdictDatabase(path, SqliteOpenMode.ReadWriteCreate);
            if (database.Number("PRAGMA user_version") == Version) return database;
            database.Dispose();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT)
        {
            // Set aside below: verdicts of the past must not stop the streams of today.
        }
        isSetAside = true;
        foreach (var suffix in new[] { "", "-wal", "-shm" })
            if (File.Exists(path + suffix)) File.Move(path + suffix, path + SetAside + suffix, overwrite: true);
        return new(path, SqliteOpenMode.ReadWriteCreate);
    }

    /// <summary>Opens a file for reading, while a daemon may be writing it; null while nothing has been written into it.</summary>
    public static VerdictDatabase? OpenReader(string path)
    {
        var database = new VerdictDatabase(path, SqliteOpenMode.ReadWrite);         // readers of a write-ahead log share its index, which takes the right to write
        database.Execute("PRAGMA query_only=1");
        if (database.Number("PRAGMA user_version") == Version) return database;
        database.Dispose();
        return null;
    }
}
