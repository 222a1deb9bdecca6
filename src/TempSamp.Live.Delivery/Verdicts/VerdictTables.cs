using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Writes hops into the tables, and forgets old ones. Used by the writing loop only.</summary>
internal sealed class VerdictTables(VerdictDatabase database)
{
    private const int Portion = 10_000;
    private readonly Dictionary<string, long> _sessions = [];
    private readonly Dictionary<(long Session, HighlightQuery Query, ModelIdentity Model, string Prompt), long> _askings = [];

    /// <summary>Writes hops as one change.</summary>
    public void Write(IReadOnlyList<HopRecord> hops) => database.InOneChange(() =>
    {
        foreach (var hop in hops) Write(hop);
    });

    private void Write(HopRecord hop)
    {
        var (session, at) = (SessionOf(hop.Session), hop.At.ToUnixTimeMilliseconds());
        foreach (var (verdict, outcome, candidate) in hop.Verdicts)
            database.Execute(
                "INSERT INTO verdicts (asking, at, window_start, window_end, span_start, span_end, presence, raw, confidence, posterior, outcome, candidate, waited_us, took_us, answer, saliency) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                AskingOf(session, hop, verdict), at, verdict.Window.Start.Ticks, verdict.Window.End.Ticks, verdict.Span?.Start.Ticks, verdict.Span?.End.Ticks,
                verdict.Presence, verdict.RawPresence, verdict.Confidence, verdict.HasPosterior ? 1 : 0, (int)outcome, candidate,
                (long)verdict.Timings.Waited.TotalMicroseconds, (long)verdict.Timings.Took.TotalMicroseconds, verdict.Answer,
                verdict.Saliency?.Select(p => (byte)Math.Round(255 * p)).ToArray());
        foreach (var ended in hop.Candidates)
            database.Execute(
                "INSERT INTO candidates (session, query, at, candidate, span_start, span_end, ending, sightings, denials, oversights, merged_into) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                session, ended.QueryId, at, ended.Candidate, ended.Span.Start.Ticks, ended.Span.End.Ticks, (int)ended.End, ended.Sightings, ended.Denials, ended.Oversights, ended.Into);
    }

    private long SessionOf(SessionIdentity session)
    {
        if (_sessions.TryGetValue(session.SessionId, out var id)) return id;
        database.Execute(
            "INSERT OR IGNORE INTO sessions (stream, session, started, clock) VALUES (?1, ?2, ?3, ?4)",
            session.StreamId, session.SessionId, session.StartedAt.ToUnixTimeMilliseconds(), session.ClockSource);
        return _sessions[session.SessionId] = database.Number("SELECT id FROM sessions WHERE session = ?1", session.SessionId);
    }

    private long AskingOf(long session, HopRecord hop, WindowVerdict verdict)
    {
        var query = hop.Queries.First(q => q.Id == verdict.QueryId);
        var key = (session, query, hop.Model, verdict.PromptDigest);
        if (_askings.TryGetValue(key, out var id)) return id;
        database.Execute(
            "INSERT OR IGNORE INTO askings (session, query, text, threshold, model, revision, prompt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            session, query.Id, query.Text, query.Threshold, hop.Model.Id, hop.Model.Revision, verdict.PromptDigest);
        return _askings[key] = database.Number(
            "SELECT id FROM askings WHERE session = ?1 AND query = ?2 AND text = ?3 AND threshold = ?4 AND model = ?5 AND revision = ?6 AND prompt = ?7",
            session, query.Id, query.Text, query.Threshold, hop.Model.Id, hop.Model.Revision, verdict.PromptDigest);
    }

    /// <summary>Forgets what is older than <paramref name="before"/>, and the oldest of what is more than <paramref name="maxBytes"/>.</summary>
    public void Forget(DateTimeOffset before, long maxBytes)
    {
        var limit = before.ToUnixTimeMilliseconds();
        while (Delete("verdicts", limit) == Portion) { }
        while (Delete("candidates", limit) == Portion) { }
        while (UsedBytes > maxBytes && Delete("verdicts", long.MaxValue) > 0) Delete("candidates", database.Number("SELECT min(at) FROM verdicts"));
        var orphans = database.Execute("DELETE FROM askings WHERE NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.asking = askings.id)");
        orphans += database.Execute("DELETE FROM sessions WHERE NOT EXISTS (SELECT 1 FROM askings a WHERE a.session = sessions.id) AND NOT EXISTS (SELECT 1 FROM candidates c WHERE c.session = sessions.id)");
        if (orphans == 0) return;
        _sessions.Clear();
        _askings.Clear();
    }

    private long UsedBytes => (database.Number("PRAGMA page_count") - database.Number("PRAGMA freelist_count")) * database.Number("PRAGMA page_size");

    // Of the oldest rows, at most a portion at once, so that a reader never waits long.
    private int Delete(string table, long before) =>
        database.Execute($"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} ORDER BY id LIMIT {Portion}) AND at < ?1", before);
}
