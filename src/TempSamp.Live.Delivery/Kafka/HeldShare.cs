using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Delivery;

/// <summary>A partition of the streams' topic that is assigned to this worker, and the right to publish its streams. Not safe for several threads: its owner has the lock.</summary>
/// <param name="number">The partition.</param>
/// <param name="transactionalId">Kafka's transactional id that belongs to it, whoever holds it.</param>
/// <param name="senders">Makes and closes producers.</param>
/// <param name="time">Between claims.</param>
/// <param name="logger">For claims that fail.</param>
internal sealed partial class HeldShare(int number, string transactionalId, KafkaSenders senders, TimeProvider time, ILogger logger)
{
    /// <summary>Wait after a claim that failed.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private Task<PublishRight?>? _claiming;
    private volatile bool _isGone;
    private volatile string? _refused;

    /// <summary>The right to publish; null before it is claimed.</summary>
    public PublishRight? Right { get; private set; }

    /// <summary>Whether it is about to be given back.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether its right is of no use any more: another producer of its id has come, or its own broke.</summary>
    public bool IsOver => Right is { } right && senders.IsOver(right);

    /// <summary>Why nothing of it can be published now; null while it can, or is about to.</summary>
    public string? Trouble => _refused is { } reason ? $"share {number} of the streams cannot be claimed from the brokers, so its streams wait: {reason}"
        : IsOver ? $"share {number} of the streams was claimed by another worker, and the group has yet to say whose it is; its events wait in the outbox" : null;

    /// <summary>Claims the right, after whatever this worker had to do with the share before has come to rest.</summary>
    /// <param name="resting">That of an earlier holding; of this one the old right is given back first.</param>
    public void Claim(Task resting)
    {
        var before = Right is { } old ? senders.ReleaseAsync(old, isLost: false) : resting;
        (Right, _claiming) = (null, ClaimAsync(before));
    }

    /// <summary>Takes the claim if it has come true; false when there is none.</summary>
    public bool Settle()
    {
        if (_claiming is not { IsCompleted: true } claimed) return false;
        (Right, _claiming) = (claimed.GetAwaiter().GetResult(), null);
        return true;
    }

    /// <summary>It is not this worker's any more: closes its producer.</summary>
    /// <param name="isLost">Whether it is another's already: then what waits is not sent any more.</param>
    public async Task EndAsync(bool isLost)
    {
        _isGone = true;
        var right = _claiming is null ? Right : await _claiming;
        if (right is not null) await senders.ReleaseAsync(right, isLost);
    }

    private async Task<PublishRight?> ClaimAsync(Task before)
    {
        await before;
        while (!_isGone)
        {
            try
            {
                var right = await senders.ClaimAsync(transactionalId);
                _refused = null;
                return right;
            }
            catch (KafkaException error)
            {
                _refused = error.Error.Reason;
                LogNoClaim(error, number, error.Error.Reason);
            }
            await Task.Delay(_pause, time);
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Share {Share} cannot be claimed yet, so its streams wait: {Reason}")]
    private partial void LogNoClaim(Exception error, int share, string reason);
}
