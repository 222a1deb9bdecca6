using Microsoft.Data.Sqlite;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>Events that were told, and which channels have yet to confirm them.</summary>
/// <remarks>
/// <c>seq</c> numbers all events of this database; <c>sequence</c> those of one stream. Both begin at the clock's milliseconds, so that they only ever
/// grow: also in a new database, and where a stream moves to another worker and comes back.
/// </remarks>
internal static class EventTable
{
    private const string Columns = "e.seq, e.id, e.type, e.stream, e.subject, e.at, e.sequence, e.trace, e.data";

    /// <summary>Adds an event and a row for each channel. False when an event of this id is known.</summary>
    public static bool Append(StateConnection state, OutgoingEvent outgoing, string? trace, IEnumerable<string> channels)
    {
        if (state.Number("SELECT count(*) FROM events WHERE id = ?1", outgoing.Id) > 0) return false;
        var at = outgoing.At.ToUnixTimeMilliseconds();
        var isFirst = state.Number("SELECT count(*) FROM sqlite_sequence WHERE name = 'events'") == 0;
        state.Execute(
            "INSERT INTO events (seq, id, type, stream, subject, at, sequence, trace, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            isFirst ? at : null, outgoing.Id, outgoing.Type, outgoing.StreamId, outgoing.Subject, at, NextSequence(state, outgoing, at), trace, outgoing.Data);
        var seq = state.Number("SELECT last_insert_rowid()");
        foreach (var channel in channels) state.Execute("INSERT INTO outbox (channel, stream, seq) VALUES (?1, ?2, ?3)", channel, outgoing.StreamId, seq);
        return true;
    }

    /// <summary>A session's first event leaves behind whatever another worker may have counted meanwhile.</summary>
    private static long NextSequence(StateConnection state, OutgoingEvent outgoing, long at)
    {
        var last = state.Number("SELECT sequence FROM streams WHERE id = ?1", outgoing.StreamId);
        var next = last == 0 || outgoing.Type == EventTypes.StreamOnline ? Math.Max(last + 1, at) : last + 1;
        state.Execute("INSERT INTO streams (id, sequence, seen_at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET sequence = ?2, seen_at = ?3", outgoing.StreamId, next, at);
        return next;
    }

    /// <summary>The oldest event of a stream that a channel has yet to confirm; null when it has confirmed all.</summary>
    public static PendingEvent? Next(StateConnection state, string channel, string stream) => state.First(
        $"SELECT {Columns}, o.attempts, o.next_at FROM outbox o JOIN events e ON e.seq = o.seq WHERE o.channel = ?1 AND o.stream = ?2 ORDER BY o.seq LIMIT 1",
        row => new PendingEvent(Told(row), row.GetInt32(9), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10))), channel, stream);

    /// <summary>Streams with events that a channel has yet to confirm.</summary>
    public static IReadOnlyList<string> PendingStreams(StateConnection state, string channel) =>
        state.All("SELECT DISTINCT stream FROM outbox WHERE channel = ?1", row => row.GetString(0), channel);

    /// <summary>Streams with events that others than the journal, which is this worker's own, have yet to confirm.</summary>
    public static IReadOnlyList<string> SharedStreams(StateConnection state) =>
        state.All("SELECT DISTINCT stream FROM outbox WHERE channel <> ?1", row => row.GetString(0), JournalChannel.ChannelName);

    /// <summary>Such events of a stream, the oldest first, each with the channels that have yet to confirm it.</summary>
    public static IReadOnlyList<(ToldEvent Told, IReadOnlyList<string> Waiting)> Shared(StateConnection state, string stream) => [.. state.All(
        $"SELECT {Columns}, o.channel FROM outbox o JOIN events e ON e.seq = o.seq WHERE o.stream = ?1 AND o.channel <> ?2 ORDER BY o.seq",
        row => (Told: Told(row), Channel: row.GetString(9)), stream, JournalChannel.ChannelName)
        .GroupBy(one => one.Told.Seq).Select(same => (same.First().Told, (IReadOnlyList<string>)[.. same.Select(one => one.Channel)]))];

    /// <summary>Takes an event that another worker hands over. One that is known, because it was told here and handed over before the stream came back, goes to its channels after all.</summary>
    public static bool Take(StateConnection state, ShareLetter letter, IEnumerable<string> channels)
    {
        string[] wanted = [.. letter.Channels.Intersect(channels)];
        if (Append(state, letter.Event, letter.Trace, wanted)) return true;
        foreach (var channel in wanted) state.Execute("INSERT OR IGNORE INTO outbox (channel, stream, seq) SELECT ?1, stream, seq FROM events WHERE id = ?2", channel, letter.Event.Id);
        return false;
    }

    /// <summary>Ids of the events that a channel has yet to confirm.</summary>
    public static IReadOnlyList<string> PendingIds(StateConnection state, string channel) =>
        state.All("SELECT e.id FROM outbox o JOIN events e ON e.seq = o.seq WHERE o.channel = ?1", row => row.GetString(0), channel);

    /// <summary>How many events a channel has yet to confirm, and since when the oldest waits.</summary>
    public static (long Count, DateTimeOffset? Oldest) Depth(StateConnection state, string channel) => state.First(
        "SELECT count(*), min(e.at) FROM outbox o JOIN events e ON e.seq = o.seq WHERE o.channel = ?1",
        row => (row.GetInt64(0), row.IsDBNull(1) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))), channel);

    /// <summary>A channel has an event for good. The last channel to confirm a ready clip makes it published.</summary>
    public static bool Confirm(StateConnection state, string channel, ToldEvent told, DateTimeOffset at)
    {
        if (state.Execute("DELETE FROM outbox WHERE channel = ?1 AND stream = ?2 AND seq = ?3", channel, told.StreamId, told.Seq) == 0) return false;
        if (told.Type == EventTypes.ClipReady && state.Number("SELECT count(*) FROM outbox WHERE seq = ?1", told.Seq) == 0) ClipTable.Publish(state, told.Subject, at);
        return true;
    }

    /// <summary>A channel refused an event for now.</summary>
    public static bool Postpone(StateConnection state, string channel, ToldEvent told, int attempts, DateTimeOffset next, string error) => state.Execute(
        "UPDATE outbox SET attempts = ?4, next_at = ?5, error = ?6 WHERE channel = ?1 AND stream = ?2 AND seq = ?3", channel, told.StreamId, told.Seq, attempts, next.ToUnixTimeMilliseconds(), error) > 0;

    /// <summary>A channel will not take an event: it moves to the dead letters, from where it can be sent again by hand.</summary>
    public static bool Bury(StateConnection state, string channel, ToldEvent told, int attempts, string error, DateTimeOffset at)
    {
        state.Execute(
            "INSERT OR REPLACE INTO dead_letters (channel, seq, stream, attempts, at, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            channel, told.Seq, told.StreamId, attempts, at.ToUnixTimeMilliseconds(), error);
        return Confirm(state, channel, told, at);
    }

    /// <summary>Forgets old events that every channel has confirmed or given up long ago, and old sessions. Gives the number of events.</summary>
    public static int Forget(StateConnection state, DateTimeOffset before)
    {
        var at = before.ToUnixTimeMilliseconds();
        state.Execute("DELETE FROM dead_letters WHERE at < ?1", at);
        state.Execute("DELETE FROM sessions WHERE offline_at < ?1", at);
        var gone = state.Execute("DELETE FROM events WHERE at < ?1 AND seq NOT IN (SELECT seq FROM outbox) AND seq NOT IN (SELECT seq FROM dead_letters)", at);
        if (gone > 0) state.Execute("PRAGMA incremental_vacuum(256)");
        return gone;
    }

    /// <summary>The newest dead letters.</summary>
    public static IReadOnlyList<DeadLetter> DeadLetters(StateConnection state, int most) => state.All(
        $"SELECT {Columns}, d.channel, d.attempts, d.at, d.error FROM dead_letters d JOIN events e ON e.seq = d.seq ORDER BY d.at DESC, d.seq DESC LIMIT ?1",
        row => new DeadLetter(row.GetString(9), Told(row), row.GetInt32(10), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)), row.GetString(12)), most);

    /// <summary>Puts dead letters of a channel back into the outbox: one, or all. Gives the stream of each.</summary>
    public static IReadOnlyList<string> Revive(StateConnection state, string channel, long? seq)
    {
        var letters = state.All("SELECT seq, stream FROM dead_letters WHERE channel = ?1 AND (?2 IS NULL OR seq = ?2)", row => (Seq: row.GetInt64(0), Stream: row.GetString(1)), channel, seq);
        foreach (var letter in letters)
        {
            state.Execute("INSERT OR IGNORE INTO outbox (channel, stream, seq) VALUES (?1, ?2, ?3)", channel, letter.Stream, letter.Seq);
            state.Execute("DELETE FROM dead_letters WHERE channel = ?1 AND seq = ?2", channel, letter.Seq);
        }
        return [.. letters.Select(letter => letter.Stream)];
    }

    /// <summary>Events after a number, oldest first.</summary>
    public static IReadOnlyList<ToldEvent> After(StateConnection state, long seq, int most) =>
        state.All($"SELECT {Columns} FROM events e WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2", Told, seq, most);

    /// <summary>The number of the newest event; 0 without one.</summary>
    public static long Last(StateConnection state) => state.Number("SELECT coalesce(max(seq), 0) FROM events");

    private static ToldEvent Told(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        row.GetInt64(6), row.IsDBNull(7) ? null : row.GetString(7), row.GetFieldValue<byte[]>(8));
}

/// <summary>An event that a channel has yet to confirm.</summary>
/// <param name="Told">The event.</param>
/// <param name="Attempts">How often it was refused.</param>
/// <param name="NextAt">Not to be sent again before.</param>
internal sealed record PendingEvent(ToldEvent Told, int Attempts, DateTimeOffset NextAt);
