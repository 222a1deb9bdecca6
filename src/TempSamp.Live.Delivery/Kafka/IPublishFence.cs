namespace TempSamp.Live.Delivery;

/// <summary>Says under which right a stream's events are published, so that a worker that has lost a stream without knowing it publishes nothing more of it.</summary>
public interface IPublishFence
{
    /// <summary>A right may have come or gone.</summary>
    event Action? Changed;

    /// <summary>The right to publish a stream at the moment.</summary>
    PublishRight Of(string streamId);
}

/// <summary>A right to publish.</summary>
/// <param name="TransactionalId">Kafka's transactional id: of several producers with one id only the newest is seen by consumers that read committed. Null sends without.</param>
/// <param name="Claim">Counts how often this worker has claimed an id; a new claim pushes older producers aside, also this worker's own.</param>
/// <param name="IsHeld">Whether this worker may publish at all; else events wait in the outbox.</param>
public sealed record PublishRight(string? TransactionalId, int Claim, bool IsHeld = true)
{
    /// <summary>Nobody else publishes it.</summary>
    public static readonly PublishRight Alone = new(null, 0);

    /// <summary>Another worker's.</summary>
    public static readonly PublishRight Lost = new(null, 0, IsHeld: false);
}

/// <summary>No fence: this worker alone publishes its streams.</summary>
internal sealed class NoFence : IPublishFence
{
    /// <inheritdoc/>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public PublishRight Of(string streamId) => PublishRight.Alone;
}
