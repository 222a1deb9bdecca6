using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>The shares of the streams that this worker holds, and the right to publish what they tell. The group's thread changes it, everybody reads it.</summary>
/// <remarks>
/// <code>
///   taken ──> its transactional id is claimed, which fences off the last owner ──> held: its streams run and are published
///   left  ──> its streams are not chosen any more; they may still publish while they stop ──> removed
///   lost  ──> removed at once: nothing more of it is published, whatever still runs
///   doubt ──> this process stood still for longer than the session time-out, or a producer was pushed aside: nothing is published until it is settled
/// </code>
/// </remarks>
internal sealed partial class HeldShares : IPublishFence
{
    /// <summary>Wait after a claim that failed.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly AssignmentOptions _options;
    private readonly KafkaSenders _senders;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Share> _shares = [];
    private readonly Dictionary<int, Task> _resting = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _partitions, _version, _carriedOut;
    private long _seen;
    private bool _isInDoubt;

    public HeldShares(IOptions<AssignmentOptions> options, KafkaSenders senders, TimeProvider time, ILogger<HeldShares> logger) =>
        (_options, _senders, _time, _logger, _seen) = (options.Value, senders, time, logger, time.GetTimestamp());

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Ends when the shares change. Ask for it before <see cref="Choose"/>, so that no change is missed in between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Numbers of the shares.</summary>
    public IReadOnlyList<int> Numbers
    {
        get { lock (_gate) return [.. _shares.Keys]; }
    }

    /// <summary>Whether it is in doubt that they are still this worker's, or with which right it may publish.</summary>
    public bool IsInDoubt
    {
        get { lock (_gate) return _isInDoubt || _shares.Values.Any(IsOver); }
    }

    /// <inheritdoc/>
    public PublishRight Of(string streamId)
    {
        lock (_gate) return !_isInDoubt && !WasAway && Find(streamId)?.Right is { } right ? right : PublishRight.Lost;
    }

    /// <summary>Those of the streams that are to run here now.</summary>
    /// <param name="wanted">All streams.</param>
    /// <param name="id">Id of a stream.</param>
    /// <returns>Them, and the number to tell to <see cref="CarriedOut"/>.</returns>
    public (IReadOnlyList<T> Mine, int Version) Choose<T>(IReadOnlyList<T> wanted, Func<T, string> id)
    {
        lock (_gate) return ([.. wanted.Where(stream => Find(id(stream)) is { Right: not null, IsLeaving: false })], _version);
    }

    /// <summary>What was chosen runs, and nothing else.</summary>
    public void CarriedOut(int version) => Volatile.Write(ref _carriedOut, version);

    /// <summary>Whether what <see cref="Leave"/> asked for is done.</summary>
    public bool IsCarriedOut(int version) => Volatile.Read(ref _carriedOut) - version >= 0;

    /// <summary>How many shares there are in all: decides which share a stream is in.</summary>
    public void Divide(int partitions)
    {
        lock (_gate) _partitions = partitions;
    }

    /// <summary>Which share a stream is in.</summary>
    public int ShareOf(string streamId) => StreamShares.Of(streamId, _partitions);

    /// <summary>Takes shares: each is held once it is claimed.</summary>
    public void Take(IEnumerable<int> numbers)
    {
        lock (_gate)
            foreach (var number in numbers) Claim(_shares[number] = new Share(number));
    }

    /// <summary>Shares are to be given back: their streams are to stop. Gives the number to ask <see cref="IsCarriedOut"/> for.</summary>
    public int Leave(IReadOnlyList<int> numbers)
    {
        lock (_gate)
            foreach (var number in numbers)
                if (_shares.TryGetValue(number, out var share)) share.IsLeaving = true;
        return Tell();
    }

    /// <summary>Shares are not this worker's any more.</summary>
    /// <param name="numbers">Them.</param>
    /// <param name="isLost">Whether they are another's already.</param>
    public void Remove(IReadOnlyList<int> numbers, bool isLost)
    {
        lock (_gate)
        {
            foreach (var number in numbers)
            {
                if (!_shares.Remove(number, out var share)) continue;
                share.IsGone = true;
                _resting[number] = RestAsync(share, isLost);
            }
        }
        Tell();
    }

    /// <summary>Takes the claims that have come true. Called every now and then.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            var settled = _shares.Values.Where(share => share.Claiming is { IsCompleted: true }).ToList();
            if (settled.Count == 0) return;
            foreach (var share in settled) (share.Right, share.Claiming) = (share.Claiming!.GetAwaiter().GetResult(), null);
        }
        Tell();
    }

    /// <summary>Says that this process has been running; if it had stood still, it cannot know what has happened meanwhile.</summary>
    public void Stamp()
    {
        lock (_gate)
        {
            if (WasAway && _shares.Count > 0)
            {
                _isInDoubt = true;
                LogAway(_time.GetElapsedTime(_seen));
            }
            _seen = _time.GetTimestamp();
        }
    }

    /// <summary>The shares that are still here are this worker's: no doubt is left, and rights that are of no use any more are claimed again.</summary>
    public void Confirm()
    {
        lock (_gate)
        {
            foreach (var share in _shares.Values.Where(IsOver)) Claim(share);
            _isInDoubt = false;
        }
        Tell();
    }

    /// <summary>Waits until nothing that was given back is on its way any more.</summary>
    public Task RestAsync() => Task.WhenAll(_resting.Values);

    private bool WasAway => _time.GetElapsedTime(_seen) > _options.SessionTimeout;

    private bool IsOver(Share share) => share.Right is { } right && _senders.IsOver(right);

    private Share? Find(string streamId) => _partitions > 0 && _shares.TryGetValue(StreamShares.Of(streamId, _partitions), out var share) ? share : null;

    /// <summary>Claims a share, after whatever this worker had to do with it before has come to rest.</summary>
    private void Claim(Share share)
    {
        var before = share.Right is { } old ? _senders.ReleaseAsync(old, isLost: false) : _resting.GetValueOrDefault(share.Number, Task.CompletedTask);
        (share.Right, share.Claiming) = (null, ClaimAsync(share, before));
    }

    private async Task<PublishRight?> ClaimAsync(Share share, Task before)
    {
        await before;
        while (!share.IsGone)
        {
            try
            {
                return await _senders.ClaimAsync($"{_options.Group}-{_options.Topic}-{share.Number}");
            }
            catch (KafkaException error)
            {
                LogNoClaim(error, share.Number, error.Error.Reason);
            }
            await Task.Delay(_pause, _time);
        }
        return null;
    }

    private async Task RestAsync(Share share, bool isLost)
    {
        var right = share.Claiming is null ? share.Right : await share.Claiming;
        if (right is not null) await _senders.ReleaseAsync(right, isLost);
    }

    private int Tell()
    {
        int version;
        lock (_gate) version = ++_version;
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        Changed?.Invoke();
        return version;
    }

    /// <summary>A partition of the streams' topic that is assigned to this worker.</summary>
    private sealed class Share(int number)
    {
        public int Number => number;

        /// <summary>A claim under way.</summary>
        public Task<PublishRight?>? Claiming { get; set; }

        /// <summary>The right to publish; null before it is claimed.</summary>
        public PublishRight? Right { get; set; }

        /// <summary>Whether it is about to be given back.</summary>
        public bool IsLeaving { get; set; }

        /// <summary>Whether it was given back or lost.</summary>
        public volatile bool IsGone;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process stood still for {Time}: nothing is published until the group has said that its streams are still its own")]
    private partial void LogAway(TimeSpan time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Share {Share} cannot be claimed yet, so its streams wait: {Reason}")]
    private partial void LogNoClaim(Exception error, int share, string reason);
}
