using System.Globalization;

namespace TempSamp.Live.Delivery;

/// <summary>The tables, as a list of steps from nothing to now. A step is never edited once it was released; a change is a new step.</summary>
internal static class StateSchema
{
    private static readonly string[] _steps =
    [
        """
        CREATE TABLE streams (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE sessions (
            id TEXT PRIMARY KEY, stream TEXT NOT NULL, online_at INTEGER NOT NULL, offline_at INTEGER, reason TEXT) WITHOUT ROWID;
        CREATE TABLE moments (
            id TEXT PRIMARY KEY, stream TEXT NOT NULL, session TEXT NOT NULL, query TEXT NOT NULL,
            start_ticks INTEGER NOT NULL, end_ticks INTEGER NOT NULL, score REAL NOT NULL, confidence REAL NOT NULL, settled_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX moments_by_stream ON moments (stream, settled_at);
        CREATE TABLE clips (
            id TEXT PRIMARY KEY, stream TEXT NOT NULL, session TEXT NOT NULL, query TEXT NOT NULL, state INTEGER NOT NULL,
            plan BLOB NOT NULL, latency_ms INTEGER NOT NULL, settled_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            cut BLOB, stored BLOB, bytes INTEGER NOT NULL DEFAULT 0, reason TEXT, detail TEXT, trace TEXT) WITHOUT ROWID;
        CREATE INDEX clips_by_state ON clips (state, settled_at);
        CREATE INDEX clips_by_stream ON clips (stream, settled_at);
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, stream TEXT NOT NULL, subject TEXT NOT NULL,
            at INTEGER NOT NULL, sequence INTEGER NOT NULL, trace TEXT, data BLOB NOT NULL);
        CREATE TABLE outbox (
            channel TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, error TEXT,
            PRIMARY KEY (channel, stream, seq)) WITHOUT ROWID;
        CREATE INDEX outbox_by_event ON outbox (seq);
        """,
        """
        CREATE TABLE dead_letters (
            channel TEXT NOT NULL, seq INTEGER NOT NULL, stream TEXT NOT NULL, attempts INTEGER NOT NULL, at INTEGER NOT NULL, error TEXT NOT NULL,
            PRIMARY KEY (channel, seq)) WITHOUT ROWID;
        """,
    ];

    /// <summary>Number of the newest form of the tables.</summary>
    public static int Version => _steps.Length;

    /// <summary>Brings tables to the newest form, after a copy of a database that is not empty was put beside it.</summary>
    /// <param name="state">The database.</param>
    /// <param name="path">Its file.</param>
    /// <param name="upTo">Stops at an older form, as an older program would; null for the newest.</param>
    /// <returns>The version that was found; 0 for a new database.</returns>
    /// <exception cref="IOException">The database was made by a newer program.</exception>
    public static int Migrate(StateConnection state, string path, int? upTo = null)
    {
        var found = (int)state.Number("PRAGMA user_version");
        if (found > Version)
            throw new IOException($"state '{path}' has form {found} and this program knows {Version}: it was made by a newer version. Use that version, or put back the copy '{BackupOf(path, Version)}' from before the upgrade.");
        if (found is 0) SeedNumbers(state);
        else if (found < Version) BackUp(state, BackupOf(path, found));
        for (var step = found; step < (upTo ?? Version); step++)
        {
            state.Execute("BEGIN IMMEDIATE");
            foreach (var statement in _steps[step].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) state.Execute(statement);
            state.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={step + 1}"));
            state.Execute("COMMIT");
        }
        return found;
    }

    /// <summary>Writes to the file without changing anything.</summary>
    public static int Touch(StateConnection state) => state.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Version}"));

    /// <summary>Where the copy of a database of an older form is kept.</summary>
    public static string BackupOf(string path, int version) => string.Create(CultureInfo.InvariantCulture, $"{path}.v{version}.bak");

    private static void BackUp(StateConnection state, string backup)
    {
        File.Delete(backup);
        state.Execute("VACUUM INTO ?1", backup);
    }

    private static void SeedNumbers(StateConnection state)
    {
        state.Execute("PRAGMA auto_vacuum=INCREMENTAL");
        state.Execute("VACUUM");
    }
}
