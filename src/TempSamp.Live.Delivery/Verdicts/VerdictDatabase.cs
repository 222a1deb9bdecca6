using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>The file of verdicts. One writer, in the daemon; readers in any process, at the same time. Used by one thread at a time.</summary>
/// <remarks>
/// Write-ahead log without a flush for each commit: a killed process loses nothing that was committed, a power cut at most the last seconds, and neither damages the
/// file. Times on a stream's timeline are ticks of 1/90000 s, <c>at</c> is UTC in milliseconds, <c>saliency</c> a byte for each second of the window, 255 for certain. Rows are numbered in the order they came, so the oldest have the lowest numbers.
/// </remarks>
internal sealed class VerdictDatabase : IDisposable
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

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    private VerdictDatabase(string path, SqliteOpenMode mode)
    {
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            _connection.Open();
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

    /// <summary>Runs what <paramref name="work"/> does as one change.</summary>
    public void InOneChange(Action work)
    {
        using var change = _connection.BeginTransaction();
        foreach (var command in _prepared.Values) command.Transaction = change;
        try
        {
            work();
            change.Commit();
        }
        finally
        {
            foreach (var command in _prepared.Values) command.Transaction = null;
        }
    }

    /// <summary>Runs a statement with parameters <c>?1</c>, <c>?2</c>, ...; gives the number of changed rows.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>The first column of the first row; 0 without one.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() is long number ? number : 0;

    /// <summary>All rows of a query.</summary>
    public List<T> All<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Bind(sql, values).ExecuteReader();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"?{i}" });
            _prepared[sql] = command;
        }
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _connection.Dispose();
    }
}
