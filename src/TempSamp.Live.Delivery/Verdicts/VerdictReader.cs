using Microsoft.Data.Sqlite;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Reads what was asked and answered, while a daemon may be writing it.</summary>
public sealed class VerdictReader : IDisposable
{
    // How far from an instant a span may lie and still be about it.
    private static readonly MediaTime Near = MediaTime.FromSeconds(1);

    private readonly VerdictDatabase _database;

    private VerdictReader(VerdictDatabase database) => _database = database;

    /// <summary>Opens the file of a daemon's data folder.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read; the message says what to do.</exception>
    public static VerdictReader Open(string directory)
    {
        var path = Path.Combine(directory, VerdictDatabase.FileName);
        try
        {
            if (File.Exists(path) && VerdictDatabase.OpenReader(path) is { } database) return new(database);
        }
        catch (SqliteException e)
        {
            throw new IOException($"{path} cannot be read: {e.Message} Check who may read and write the folder.", e);
        }
        throw new FileNotFoundException($"{path} holds no verdicts: no window was judged with this data folder yet. Check Delivery:Directory, or give the daemon's --config.");
    }

    /// <summary>Streams with verdicts on record.</summary>
    public IReadOnlyList<string> Streams() => _database.All("SELECT DISTINCT stream FROM sessions ORDER BY stream", row => row.GetString(0));

    /// <summary>Sessions of a stream on record, oldest first.</summary>
    public IReadOnlyList<SessionIdentity> Sessions(string stream) => _database.All(
        "SELECT stream, session, started, clock FROM sessions WHERE stream = ?1 ORDER BY started",
        row => new SessionIdentity(row.GetString(0), row.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)), row.GetString(3)), stream);

    /// <summary>Explains an instant of a session.</summary>
    /// <param name="session">One of <see cref="Sessions"/>.</param>
    /// <param name="at">The instant.</param>
    /// <param name="query">Of one query only; all when null.</param>
    public Explanation Explain(SessionIdentity session, MediaTime at, string? query = null)
    {
        var windows = Windows(session, at).ToLookup(w => w.Query.Id);
        var asked = Asked(session).Where(a => query is null || a.Id == query).GroupBy(a => a.Id).Select(a => a.Last());
        return new(session, at, [.. asked.Select(a => Explainer.Explain(session, windows[a.Id].LastOrDefault()?.Query ?? a, at, [.. windows[a.Id]], Candidates(session, a.Id, at)))]);
    }

    /// <summary>End of the newest window of a session; zero where there is none.</summary>
    public MediaTime Newest(SessionIdentity session) => new(_database.Number(
        "SELECT max(v.window_end) FROM verdicts v JOIN askings a ON a.id = v.asking JOIN sessions s ON s.id = a.session WHERE s.session = ?1", session.SessionId));

    private List<AskedQuery> Asked(SessionIdentity session) => _database.All(
        "SELECT a.query, a.text, a.threshold, a.model, a.revision, a.prompt FROM askings a JOIN sessions s ON s.id = a.session WHERE s.session = ?1 ORDER BY a.id",
        row => Query(row, 0), session.SessionId);

    private List<ExplainedWindow> Windows(SessionIdentity session, MediaTime at) => _database.All(
        """
        SELECT a.query, a.text, a.threshold, a.model, a.revision, a.prompt, v.at, v.window_start, v.window_end, v.span_start, v.span_end, v.presence, v.raw, v.confidence, v.posterior,
               v.outcome, v.candidate, v.waited_us, v.took_us, v.answer, v.saliency
        FROM sessions s JOIN askings a ON a.session = s.id JOIN verdicts v ON v.asking = a.id
        WHERE s.session = ?1 AND v.window_end > ?2 AND v.window_start <= ?2 ORDER BY v.id
        """,
        row => new ExplainedWindow(Trace(row), Query(row, 0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6))), session.SessionId, at.Ticks);

    private List<CandidateTrace> Candidates(SessionIdentity session, string query, MediaTime at) => _database.All(
        """
        SELECT c.candidate, c.span_start, c.span_end, c.ending, c.sightings, c.denials, c.oversights, c.merged_into FROM candidates c JOIN sessions s ON s.id = c.session
        WHERE s.session = ?1 AND c.query = ?2 AND c.span_end >= ?3 AND c.span_start <= ?4 ORDER BY c.id
        """,
        row => new CandidateTrace(
            query, row.GetInt32(0), Range(row, 1), (CandidateEnd)row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.IsDBNull(7) ? null : row.GetInt32(7)),
        session.SessionId, query, (at - Near).Ticks, (at + Near).Ticks);

    private static VerdictTrace Trace(SqliteDataReader row) => new(
        new(row.GetString(0), Range(row, 7), row.IsDBNull(9) ? null : Range(row, 9), row.GetDouble(11), row.GetDouble(13), row.GetString(19))
        {
            RawPresence = row.IsDBNull(12) ? null : row.GetDouble(12),
            HasPosterior = row.GetInt32(14) != 0,
            Saliency = row.IsDBNull(20) ? null : [.. row.GetFieldValue<byte[]>(20).Select(b => b / 255.0)],
            PromptDigest = row.GetString(5),
            Timings = new(TimeSpan.FromMicroseconds(row.GetInt64(17)), TimeSpan.FromMicroseconds(row.GetInt64(18))),
        },
        (VerdictOutcome)row.GetInt32(15), row.IsDBNull(16) ? null : row.GetInt32(16));

    private static AskedQuery Query(SqliteDataReader row, int first) =>
        new(row.GetString(first), row.GetString(first + 1), row.GetDouble(first + 2), new(row.GetString(first + 3), row.GetString(first + 4)), row.GetString(first + 5));

    private static TimeRange Range(SqliteDataReader row, int first) => new(new(row.GetInt64(first)), new(row.GetInt64(first + 1)));

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
