namespace TempSamp.Live.Trainer;

/// <summary>
/// Everything about one broadcast before a pixel is drawn: its takes, events, look and graphics, all decided by the seed.
/// Immutable; any number of painters may read it.
/// </summary>
public sealed class BroadcastScenario
{
    internal BroadcastScenario(BroadcastDomain domain, ulong seed, double seconds, IReadOnlyList<Shot> shots, IReadOnlyList<double> cuts, double clockStart)
    {
        (Domain, Seed, Seconds, Shots, Cuts, ClockStart) = (domain, seed, seconds, shots, cuts, clockStart);
        Events = [.. shots.Where(s => s.Event is not null).Select(s => s.Event!.Value)];
        Look = Look.Draw(Dice.Hash(seed, 0x100C));
    }

    /// <summary>Sports, shop or both.</summary>
    public BroadcastDomain Domain { get; }

    /// <summary>The number that everything was drawn from.</summary>
    public ulong Seed { get; }

    /// <summary>Length.</summary>
    public double Seconds { get; }

    /// <summary>The labelled events in order of time. They never overlap, and a kind comes at most once in 40 s.</summary>
    public IReadOnlyList<ScenarioEvent> Events { get; }

    /// <summary>The takes, end to end from 0 to <see cref="Seconds"/>.</summary>
    internal IReadOnlyList<Shot> Shots { get; }

    /// <summary>Seconds at which the camera changes its framing, whatever happens.</summary>
    internal IReadOnlyList<double> Cuts { get; }

    /// <summary>What the burned-in clock would show at 0 if it were right, in seconds.</summary>
    internal double ClockStart { get; }

    internal Look Look { get; }

    /// <summary>The broadcast of a domain that belongs to a seed.</summary>
    /// <param name="domain">Which programme.</param>
    /// <param name="seed">The same seed gives the same broadcast to the pixel.</param>
    /// <param name="seconds">Length, at least 4 s, on a grid of 0.5 s.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 4 s.</exception>
    public static BroadcastScenario Create(BroadcastDomain domain, ulong seed, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 4);
        return new ScenarioPlan(domain, seed, Math.Floor(seconds * 2) / 2).ToScenario();
    }

    /// <summary>The same broadcast behind <paramref name="seconds"/> of event-free footage: every event moves by that much.</summary>
    public BroadcastScenario Delayed(double seconds, ulong footageSeed)
    {
        var before = ScenarioPlan.Footage(Domain, footageSeed, seconds);
        return new BroadcastScenario(
            Domain,
            Seed,
            Seconds + seconds,
            [.. before, .. Shots.Select(s => s.Later(seconds))],
            [.. Cuts.Select(c => c + seconds)],
            ClockStart - seconds);
    }

    /// <summary>The event kinds of the domain that do not happen here: questions whose answer is "not there".</summary>
    public IEnumerable<EventKind> AbsentKinds => EventKinds.Of(Domain).Except(Events.Select(e => e.Kind));
}
