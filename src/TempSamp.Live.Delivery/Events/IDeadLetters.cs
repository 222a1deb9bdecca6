namespace TempSamp.Live.Delivery;

/// <summary>An event that a channel will not take.</summary>
/// <param name="Channel">Such as <c>webhook:editors</c>.</param>
/// <param name="Event">The event.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="At">When it was given up.</param>
/// <param name="Error">The last refusal.</param>
public sealed record DeadLetter(string Channel, ToldEvent Event, int Attempts, DateTimeOffset At, string Error);

/// <summary>Events that channels have given up, to look at and to send again by hand.</summary>
public interface IDeadLetters
{
    /// <summary>The newest of them, newest first.</summary>
    IReadOnlyList<DeadLetter> List(int most);

    /// <summary>Sends dead letters of a channel again: one, or all when <paramref name="seq"/> is null.</summary>
    /// <returns>How many.</returns>
    Task<int> ReplayAsync(string channel, long? seq);
}

/// <summary>Dead letters in the state.</summary>
internal sealed class DeadLetters(StateDatabase state, EventSignal signal) : IDeadLetters
{
    /// <inheritdoc/>
    public IReadOnlyList<DeadLetter> List(int most) => state.Read(db => EventTable.DeadLetters(db, most));

    /// <inheritdoc/>
    public async Task<int> ReplayAsync(string channel, long? seq)
    {
        var streams = await state.WriteAsync(db => EventTable.Revive(db, channel, seq));
        foreach (var stream in streams.Distinct()) signal.Told(stream);
        return streams.Count;
    }
}
