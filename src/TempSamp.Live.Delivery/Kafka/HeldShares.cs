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
    /// <summary>So many session time-outs after a standstill a worker has learned long since whether it was replaced meanwhile.</summary>
    private const int SessionsInDoubt = 10;

    private readonly AssignmentOptions _options;
    private readonly KafkaSenders _senders;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, HeldShare> _shares = [];
    private readonly Dictionary<int, Task> _resting = [];
    private readonly HashSet<int> _unsure = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _partitions, _version, _carriedOut;
    private long _seen;
    private long? _stoodStill;
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
        get { lock (_gate) return _isInDoubt || _shares.Values.Any(share => share.IsOver); }
    }

    /// <summary>Why something of them cannot be published now; null while everything can, or is about to.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
                return _isInDoubt || (WasAway && _shares.Count > 0) ? "this process stood still for longer than Assignments:SessionTimeout: nothing is published until the group has said that its streams are still its own"
                    : _shares.Values.Select(share => share.Trouble).FirstOrDefault(trouble => trouble is not null);
        }
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
        {
            foreach (var number in numbers)
            {
                _unsure.Remove(number);
                Claim(_shares[number] = new(number, $"{_options.Group}-{_options.Topic}-{number}", _senders, _time, _logger), number);
            }
        }
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
                if (isLost && (share.IsOver || MayHaveBeenReplaced)) _unsure.Add(number);
                _resting[number] = share.EndAsync(isLost);
            }
        }
        Tell();
    }

    /// <summary>Takes the claims that have come true. Called every now and then.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            if (_shares.Values.Count(share => share.Settle()) == 0) return;
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
            if (IsStill && _shares.Count > 0) _stoodStill = _time.GetTimestamp();
            _seen = _time.GetTimestamp();
        }
    }

    /// <summary>The shares that are still here are this worker's: no doubt is left, and rights that are of no use any more are claimed again.</summary>
    public void Confirm()
    {
        lock (_gate)
        {
            foreach (var (number, share) in _shares.Where(share => share.Value.IsOver)) Claim(share, number);
            _isInDoubt = false;
        }
        Tell();
    }

    /// <summary>
    /// Whether a stream's share is held elsewhere, as far as is known, and what is left of the stream here may be handed over: nothing of it is on its way, and this process
    /// knew when it lost it. Where it stood still and woke without the share, or another has published under its right, it may have told things while that other did; those wait
    /// for its next start.
    /// </summary>
    public bool IsElsewhere(string streamId)
    {
        lock (_gate)
            return _partitions > 0 && StreamShares.Of(streamId, _partitions) is var number && !_shares.ContainsKey(number) && !_unsure.Contains(number) && _resting.GetValueOrDefault(number, Task.CompletedTask).IsCompleted;
    }

    /// <summary>Waits until nothing that was given back is on its way any more.</summary>
    public Task RestAsync() => Task.WhenAll(_resting.Values);

    /// <summary>Heartbeats were missed: others count from the last one, so this worker may be replaced before it has been away for a whole session time-out.</summary>
    private bool IsStill => _time.GetElapsedTime(_seen) > _options.SessionTimeout / KafkaClients.HeartbeatsPerSession;

    private bool MayHaveBeenReplaced => IsStill || (_stoodStill is { } at && _time.GetElapsedTime(at) < _options.SessionTimeout * SessionsInDoubt);

    private bool WasAway => _time.GetElapsedTime(_seen) > _options.SessionTimeout;

    private HeldShare? Find(string streamId) => _partitions > 0 && _shares.TryGetValue(StreamShares.Of(streamId, _partitions), out var share) ? share : null;

    private void Claim(HeldShare share, int number) => share.Claim(_resting.GetValueOrDefault(number, Task.CompletedTask));

    private int Tell()
    {
        int version;
        lock (_gate) version = ++_version;
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        Changed?.Invoke();
        return version;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process stood still for {Time}: nothing is published until the group has said that its streams are still its own")]
    private partial void LogAway(TimeSpan time);
}
