using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>The producers of this worker: one for all streams where it is alone, one for each share of the streams that it holds where it is not.</summary>
internal sealed class KafkaSenders : IAsyncDisposable
{
    private readonly KafkaOptions _options;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<PublishRight, FencedSender> _fenced = [];
    private int _claims;

    /// <summary>Nothing connects before it is used.</summary>
    public KafkaSenders(IOptions<EventsOptions> options, ILogger<KafkaSenders> logger)
    {
        (_options, _logger) = (options.Value.Kafka, logger);
        Plain = new(_options, logger);
    }

    /// <summary>One without a right, for what every worker may send.</summary>
    public IdempotentSender Plain { get; }

    /// <summary>Claims a transactional id: when it ends, whoever had it before can publish nothing more.</summary>
    /// <exception cref="KafkaException">It cannot be claimed now.</exception>
    public async Task<PublishRight> ClaimAsync(string transactionalId)
    {
        var sender = new FencedSender(_options, transactionalId, _logger);
        try
        {
            await sender.Opened;
        }
        catch
        {
            await sender.DisposeAsync();
            throw;
        }
        var right = new PublishRight(transactionalId, Interlocked.Increment(ref _claims));
        _fenced[right] = sender;
        return right;
    }

    /// <summary>The producer of a right; null when the right was given back.</summary>
    public IKafkaSender? Of(PublishRight right) => right.TransactionalId is null ? Plain : _fenced.GetValueOrDefault(right);

    /// <summary>Whether a right is of no use any more.</summary>
    public bool IsOver(PublishRight right) => !_fenced.TryGetValue(right, out var sender) || sender.IsOver;

    /// <summary>Gives a right back.</summary>
    /// <param name="right">It.</param>
    /// <param name="isLost">Whether it is another's already: then what waits is not sent any more.</param>
    public async Task ReleaseAsync(PublishRight right, bool isLost)
    {
        if (!_fenced.TryRemove(right, out var sender)) return;
        if (isLost) sender.GiveUp();
        await sender.DisposeAsync();
    }

    /// <summary>Waits for what is on its way, for a while, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await Plain.DisposeAsync();
        foreach (var right in _fenced.Keys) await ReleaseAsync(right, isLost: false);
    }
}
