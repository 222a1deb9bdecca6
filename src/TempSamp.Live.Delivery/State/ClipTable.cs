using System.Text.Json;
using Microsoft.Data.Sqlite;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Clips and their moments. Every change names the states it may start from, so that a step told twice changes nothing the second time.</summary>
internal static class ClipTable
{
    private const string Columns = "plan, state, latency_ms, settled_at, changed_at, cut, stored, reason, detail, trace";

    /// <summary>Nothing → settled. False when the clip is known.</summary>
    public static bool Settle(StateConnection state, ClipDetected detected, string? trace)
    {
        var plan = detected.Plan;
        var at = detected.At.ToUnixTimeMilliseconds();
        state.Execute(
            "INSERT OR IGNORE INTO moments (id, stream, session, query, start_ticks, end_ticks, score, confidence, settled_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            plan.Id, plan.StreamId, plan.SessionId, plan.Query.Id, plan.Moment.Span.Start.Ticks, plan.Moment.Span.End.Ticks, plan.Moment.Score, plan.Moment.Confidence, at);
        return state.Execute(
            "INSERT OR IGNORE INTO clips (id, stream, session, query, state, plan, latency_ms, settled_at, changed_at, trace) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
            plan.Id, plan.StreamId, plan.SessionId, plan.Query.Id, (int)ClipState.Settled, JsonSerializer.SerializeToUtf8Bytes(plan, StateJson.Default.ClipPlan),
            (long)detected.OutPointToDetected.TotalMilliseconds, at, trace) > 0;
    }

    /// <summary>Settled → cut.</summary>
    public static bool Cut(StateConnection state, string id, CutUnit unit, DateTimeOffset at) => state.Execute(
        "UPDATE clips SET state = ?2, cut = ?3, bytes = ?4, changed_at = ?5 WHERE id = ?1 AND state = ?6",
        id, (int)ClipState.Cut, JsonSerializer.SerializeToUtf8Bytes(unit, StateJson.Default.CutUnit), unit.Files.Sum(file => file.Bytes), at.ToUnixTimeMilliseconds(), (int)ClipState.Settled) > 0;

    /// <summary>Cut → stored.</summary>
    public static bool Store(StateConnection state, string id, StoredUnit unit, DateTimeOffset at) => state.Execute(
        "UPDATE clips SET state = ?2, stored = ?3, changed_at = ?4 WHERE id = ?1 AND state = ?5",
        id, (int)ClipState.Stored, JsonSerializer.SerializeToUtf8Bytes(unit, StateJson.Default.StoredUnit), at.ToUnixTimeMilliseconds(), (int)ClipState.Cut) > 0;

    /// <summary>Stored → cut: what the store holds is not what was cut, so it is stored again.</summary>
    public static bool Doubt(StateConnection state, string id, DateTimeOffset at) => Move(state, id, ClipState.Stored, ClipState.Cut, at);

    /// <summary>Stored → verified.</summary>
    public static bool Verify(StateConnection state, string id, DateTimeOffset at) => Move(state, id, ClipState.Stored, ClipState.Verified, at);

    /// <summary>Verified → published.</summary>
    public static bool Publish(StateConnection state, string id, DateTimeOffset at) => Move(state, id, ClipState.Verified, ClipState.Published, at);

    /// <summary>Settled, cut or stored → failed.</summary>
    public static bool Fail(StateConnection state, string id, string reason, string detail, DateTimeOffset at) => state.Execute(
        "UPDATE clips SET state = ?2, reason = ?3, detail = ?4, changed_at = ?5 WHERE id = ?1 AND state IN (?6, ?7, ?8)",
        id, (int)ClipState.Failed, reason, detail, at.ToUnixTimeMilliseconds(), (int)ClipState.Settled, (int)ClipState.Cut, (int)ClipState.Stored) > 0;

    /// <summary>One clip; null when it is not known.</summary>
    public static ClipRow? Find(StateConnection state, string id) => state.First($"SELECT {Columns} FROM clips WHERE id = ?1", Row, id);

    /// <summary>Clips that are neither verified nor failed, oldest first.</summary>
    public static IReadOnlyList<ClipRow> Unfinished(StateConnection state) => state.All(
        $"SELECT {Columns} FROM clips WHERE state IN (?1, ?2, ?3) ORDER BY settled_at, id", Row, (int)ClipState.Settled, (int)ClipState.Cut, (int)ClipState.Stored);

    /// <summary>Verified or published → expired.</summary>
    public static bool Expire(StateConnection state, string id, DateTimeOffset at) => state.Execute(
        "UPDATE clips SET state = ?2, changed_at = ?3 WHERE id = ?1 AND state IN (?4, ?5)", id, (int)ClipState.Expired, at.ToUnixTimeMilliseconds(), (int)ClipState.Verified, (int)ClipState.Published) > 0;

    /// <summary>Bytes of clips that wait in the spool.</summary>
    public static long SpoolBytes(StateConnection state) =>
        state.Number("SELECT coalesce(sum(bytes), 0) FROM clips WHERE state IN (?1, ?2)", (int)ClipState.Cut, (int)ClipState.Stored);

    /// <summary>Bytes of clips in the store.</summary>
    public static long StoredBytes(StateConnection state) =>
        state.Number("SELECT coalesce(sum(bytes), 0) FROM clips WHERE state IN (?1, ?2)", (int)ClipState.Verified, (int)ClipState.Published);

    /// <summary>Clips in the store, oldest first.</summary>
    public static IReadOnlyList<ClipRow> Stored(StateConnection state) => state.All(
        $"SELECT {Columns} FROM clips WHERE state IN (?1, ?2) ORDER BY settled_at, id", Row, (int)ClipState.Verified, (int)ClipState.Published);

    /// <summary>Clips in the store whose event every channel has, oldest first, without the newest.</summary>
    public static IReadOnlyList<ClipRow> StoredButNewest(StateConnection state) =>
        [.. state.All($"SELECT {Columns} FROM clips WHERE state = ?1 ORDER BY settled_at, id", Row, (int)ClipState.Published).SkipLast(1)];

    /// <summary>Clips that wait in the spool, oldest first, without the newest.</summary>
    public static IReadOnlyList<ClipRow> SpooledButNewest(StateConnection state) => [.. state.All(
        $"SELECT {Columns} FROM clips WHERE state IN (?1, ?2) ORDER BY settled_at, id", Row, (int)ClipState.Cut, (int)ClipState.Stored).SkipLast(1)];

    /// <summary>Clips that failed or expired after they were cut.</summary>
    public static IReadOnlyList<ClipRow> Concluded(StateConnection state) => state.All(
        $"SELECT {Columns} FROM clips WHERE state IN (?1, ?2) AND cut IS NOT NULL", Row, (int)ClipState.Failed, (int)ClipState.Expired);

    /// <summary>Forgets clips that failed or expired long ago. Gives their number.</summary>
    public static int Forget(StateConnection state, DateTimeOffset before)
    {
        var (at, failed, expired) = (before.ToUnixTimeMilliseconds(), (int)ClipState.Failed, (int)ClipState.Expired);
        state.Execute("DELETE FROM moments WHERE id IN (SELECT id FROM clips WHERE state IN (?2, ?3) AND changed_at < ?1)", at, failed, expired);
        return state.Execute("DELETE FROM clips WHERE state IN (?2, ?3) AND changed_at < ?1", at, failed, expired);
    }

    private static bool Move(StateConnection state, string id, ClipState from, ClipState to, DateTimeOffset at) =>
        state.Execute("UPDATE clips SET state = ?2, changed_at = ?3 WHERE id = ?1 AND state = ?4", id, (int)to, at.ToUnixTimeMilliseconds(), (int)from) > 0;

    private static ClipRow Row(SqliteDataReader row) => new(
        JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), StateJson.Default.ClipPlan)!, (ClipState)row.GetInt32(1), TimeSpan.FromMilliseconds(row.GetInt64(2)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        row.IsDBNull(5) ? null : JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(5), StateJson.Default.CutUnit),
        row.IsDBNull(6) ? null : JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(6), StateJson.Default.StoredUnit),
        row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9));
}
