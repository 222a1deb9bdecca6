namespace TempSamp.Live.Grounding;

/// <summary>A stream's place on the <see cref="HopBoard"/>.</summary>
/// <param name="id">The stream.</param>
/// <param name="hop">Time from a hop being due until its answer is late.</param>
internal sealed class StreamTurn(string id, TimeSpan hop)
{
    /// <summary>The stream.</summary>
    public string Id => id;

    /// <summary>Time from a hop being due until its answer is late.</summary>
    public TimeSpan Hop => hop;

    /// <summary>When it was served last, counted in turns; 0 before.</summary>
    public long Served { get; set; }

    /// <summary>When the answer to what is pending becomes late; null while nothing is.</summary>
    public TimeSpan? Deadline { get; set; }
}

/// <summary>Who is asked next: the streams with a pending hop, at most one each, by deadline. Pure; the caller tells the time.</summary>
/// <remarks>
/// A newer hop takes the place of one that is still pending and keeps its deadline. So no stream waits behind another for longer than that one's work takes, however
/// often it asks: a stream that was just served has a later deadline than any that waited.
/// </remarks>
internal sealed class HopBoard
{
    private readonly List<StreamTurn> _pending = [];
    private long _turns;

    /// <summary>Streams with a pending hop.</summary>
    public int Count => _pending.Count;

    /// <summary>Makes a stream's newest hop pending.</summary>
    /// <returns>Whether it took the place of an older one.</returns>
    public bool Ask(StreamTurn turn, TimeSpan now)
    {
        if (turn.Deadline is not null) return true;
        turn.Deadline = now + turn.Hop;
        _pending.Add(turn);
        return false;
    }

    /// <summary>Takes the most urgent streams.</summary>
    public IReadOnlyList<StreamTurn> Take(int most)
    {
        StreamTurn[] taken = [.. _pending.OrderBy(t => t.Deadline).ThenBy(t => t.Served).ThenBy(t => t.Id, StringComparer.Ordinal).Take(most)];
        foreach (var turn in taken)
        {
            turn.Served = ++_turns;
            Withdraw(turn);
        }
        return taken;
    }

    /// <summary>Takes back what a stream asked.</summary>
    public void Withdraw(StreamTurn turn)
    {
        _pending.Remove(turn);
        turn.Deadline = null;
    }
}
