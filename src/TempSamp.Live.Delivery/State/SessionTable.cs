using TempSamp.Live.Contracts;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Sessions of streams.</summary>
internal static class SessionTable
{
    /// <summary>A session began. False when it is known.</summary>
    public static bool Begin(StateConnection state, StreamOnline online) => state.Execute(
        "INSERT OR IGNORE INTO sessions (id, stream, online_at) VALUES (?1, ?2, ?3)", online.SessionId, online.StreamId, online.At.ToUnixTimeMilliseconds()) > 0;

    /// <summary>A session is over. False when it was over before.</summary>
    public static bool End(StateConnection state, StreamReference stream, string reason, DateTimeOffset at) => state.Execute(
        "INSERT INTO sessions (id, stream, online_at, offline_at, reason) VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (id) DO UPDATE SET offline_at = ?3, reason = ?4 WHERE offline_at IS NULL",
        stream.Session, stream.Id, at.ToUnixTimeMilliseconds(), reason) > 0;

    /// <summary>Sessions that began and are not over.</summary>
    public static IReadOnlyList<StreamReference> Open(StateConnection state) => state.All(
        "SELECT stream, id FROM sessions WHERE offline_at IS NULL ORDER BY online_at", row => new StreamReference(row.GetString(0), row.GetString(1)));
}
