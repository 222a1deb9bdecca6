using System.Threading.Channels;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>How a fake stream goes: how long, how it ends.</summary>
/// <param name="Seconds">Length of what it sends.</param>
/// <param name="Ending">Thrown after the last packet; null ends well.</param>
/// <param name="IsEndless">Sends no more after the last packet but stays open until it is stopped.</param>
/// <param name="StartsAt">When its first frame is from, in seconds of the fixture's clock from now.</param>
/// <param name="Hole">A stretch without video packets, over which frames are held.</param>
/// <param name="IsRecording">Whether it starts anew each time.</param>
/// <param name="Bookmark">How far it says that it was read.</param>
/// <param name="Missing">Seconds that it says are missing before it; null when it does not say.</param>
/// <param name="IsChanged">Whether it comes with sound first, and with pictures of another size.</param>
/// <param name="DatedAt">The date that it gives itself, in seconds from when its source was made; null when it gives none.</param>
internal sealed record FakeStream(
    double Seconds, Exception? Ending = null, bool IsEndless = false, double StartsAt = 0, TimeRange Hole = default, bool IsRecording = false, string? Bookmark = null, double? Missing = null, bool IsChanged = false,
    double? DatedAt = null);

/// <summary>Opens fake streams by URL; each further attempt takes the next one, the last one again and again.</summary>
internal sealed class FakeSource(TimeProvider time) : IStreamSource
{
    private readonly Dictionary<string, Queue<object>> _attempts = [];
    private readonly DateTimeOffset _began = time.GetUtcNow();

    public List<string> Opened { get; } = [];

    public void Add(string url, params object[] attempts) => _attempts[url] = new Queue<object>(attempts);

    /// <summary>What inputs were told of whether anybody looks at their frames.</summary>
    public List<bool> Attended { get; } = [];

    /// <summary>The bookmarks that lost streams were opened with.</summary>
    public List<string?> Bookmarks { get; } = [];

    public Task<IStreamInput> OpenAgainAsync(StreamPlan plan, string? bookmark, CancellationToken cancel)
    {
        lock (Opened) Bookmarks.Add(bookmark);
        return OpenAsync(plan, cancel);
    }

    public Task<IStreamInput> OpenAsync(StreamPlan plan, CancellationToken cancel)
    {
        lock (Opened) Opened.Add(plan.Url);
        var attempts = _attempts[plan.Url];
        return (attempts.Count > 1 ? attempts.Dequeue() : attempts.Peek()) switch
        {
            FakeStream stream => Task.FromResult<IStreamInput>(new Input(stream, time, _began, Attended)),
            Exception error => Task.FromException<IStreamInput>(error),
            _ => throw new InvalidOperationException("an attempt is a FakeStream or an exception"),
        };
    }

    private sealed class Input(FakeStream stream, TimeProvider time, DateTimeOffset began, List<bool> attended) : IStreamInput
    {
        public IReadOnlyList<TrackFormat> Tracks => stream.IsChanged ? [FakeBroadcast.Audio with { Index = 0 }, FakeBroadcast.Video with { Index = 1, Width = 320 }] : [FakeBroadcast.Video, FakeBroadcast.Audio];

        public DateTimeOffset StartedAt { get; } = stream.DatedAt is { } dated ? began.AddSeconds(dated) : time.GetUtcNow().AddSeconds(stream.StartsAt);

        public string ClockSource => stream.DatedAt is null ? "arrival" : "program-date-time";

        public bool IsLive => !stream.IsRecording;

        public string? Bookmark => stream.Bookmark;

        public TimeSpan? MissingBefore => stream.Missing is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        public async Task PumpAsync(IPacketSink tape, ChannelWriter<SampledFrame> frames, TimelinePlace from, CancellationToken cancel)
        {
            foreach (var track in Tracks) tape.Track(track, from.Epoch);
            if (stream.DatedAt is not null) tape.Date(from.At, StartedAt, ClockSource);
            foreach (var packet in FakeBroadcast.Packets(from.At.Seconds, from.At.Seconds + stream.Seconds, epoch: from.Epoch).Where(packet => packet.Track != 0 || !stream.Hole.Contains(packet.Pts)))
                tape.Packet(stream.IsChanged ? packet with { Track = 1 - packet.Track } : packet);
            for (var slot = (long)Math.Ceiling(from.At.Seconds * 2); slot < (from.At.Seconds + stream.Seconds) * 2; slot++)
                await frames.WriteAsync(new SampledFrame(slot, MediaTime.FromSeconds(slot / 2.0), 2, 2, new byte[12], time.GetTimestamp()), cancel);
            if (stream.IsEndless) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel);
            if (stream.Ending is not null) throw stream.Ending;
        }

        public void Attend(bool isWatched)
        {
            lock (attended) attended.Add(isWatched);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Looks every 4 s through a 20 s window, and finds what it was told happens.</summary>
internal sealed class FakeFinder(params (string Query, double Start, double End)[] truth) : IMomentFinder
{
    public WindowProfile Profile { get; } = new(56, 56, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(4));

    public ModelIdentity Model { get; } = new("fake", "sha256:0");

    /// <summary>Thrown at the first window.</summary>
    public Exception? Fault { get; init; }

    /// <summary>Called with each frame before it is looked at.</summary>
    public Action<SampledFrame> Saw { get; set; } = _ => { };

    /// <summary>Thrown when other queries are to be asked.</summary>
    public Exception? RefusesChange { get; init; }

    public IMomentSearch Begin(StreamPlan plan) => new Search(this, plan, truth);

    private sealed class Search(FakeFinder finder, StreamPlan plan, (string Query, double Start, double End)[] truth) : IMomentSearch
    {
        private MediaTime _seen;
        private MediaTime? _from;

        public ValueTask<IReadOnlyList<WindowVerdict>> PushAsync(SampledFrame frame, CancellationToken cancel)
        {
            finder.Saw(frame);
            _from ??= frame.At;
            _seen = frame.At + TimeSpan.FromSeconds(0.5);
            return ValueTask.FromResult((frame.Slot + 1) % 8 == 0 ? Look() : []);
        }

        public ValueTask<IReadOnlyList<WindowVerdict>> ChangeAsync(IReadOnlyList<HighlightQuery> changed, CancellationToken cancel)
        {
            if (finder.RefusesChange is { } refused) throw refused;
            plan = plan with { Queries = changed };
            return ValueTask.FromResult<IReadOnlyList<WindowVerdict>>([]);
        }

        public ValueTask<IReadOnlyList<WindowVerdict>> FinishAsync(CancellationToken cancel) => ValueTask.FromResult(Look());

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private IReadOnlyList<WindowVerdict> Look()
        {
            if (finder.Fault is not null) throw finder.Fault;
            var window = new TimeRange(MediaTime.Max(_from ?? MediaTime.Zero, _seen - finder.Profile.Window), _seen);
            return [.. plan.Queries.Select(query =>
            {
                var seen = truth.Where(happens => happens.Query == query.Id).Select(happens => TimeRange.FromSeconds(happens.Start, happens.End).Intersect(window)).FirstOrDefault(span => !span.IsEmpty);
                return new WindowVerdict(query.Id, window, seen.IsEmpty ? window : seen, seen.IsEmpty ? 0.1 : 0.9, 0.8, "<answer/>");
            })];
        }
    }
}

/// <summary>Pretends to cut. Set <see cref="Cut"/> to refuse or to wait.</summary>
internal sealed class FakeCutter : IClipCutter
{
    public Func<TimeRange, CancellationToken, Task> Cut { get; set; } = (_, _) => Task.CompletedTask;

    public async Task<ClipFile> CutAsync(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        await Cut(order.Range, cancel);
        return new(order.Path, order.Path + ".jpg", order.Range, order.Range, "copy", slice.Tracks);
    }
}

/// <summary>Keeps clips in memory and tells of them at once. Set <see cref="Refuse"/> to refuse the next ones, <see cref="Arrive"/> to make them wait on their way.</summary>
internal sealed class FakeDelivery(FakeEvents events) : IClipDelivery
{
    public Queue<Exception> Refuse { get; } = [];

    public Func<Task> Arrive { get; set; } = () => Task.CompletedTask;

    public string SpoolPath(ClipPlan plan) => $"/spool/{plan.Id}.mp4";

    public Task<ClipHandover> HandOverAsync(ClipPlan plan, ClipFile file, CancellationToken cancel) =>
        Refuse.TryDequeue(out var error) ? Task.FromException<ClipHandover>(error) : Task.FromResult(new ClipHandover(StoreAsync(plan, file)));

    private async Task<StoredClip> StoreAsync(ClipPlan plan, ClipFile file)
    {
        await Arrive();
        var stored = new StoredClip(plan, file, $"mem:{plan.Id}", 1, "00", null);
        await events.PublishAsync(new ClipReady(stored, TimeSpan.Zero, TimeSpan.Zero, DateTimeOffset.UnixEpoch), default);
        return stored;
    }
}

/// <summary>Remembers events; refuses the first few when told to.</summary>
internal sealed class FakeEvents : IClipEvents
{
    private readonly Lock _gate = new();
    private readonly List<SessionEvent> _all = [];
    private readonly List<(Func<SessionEvent, bool> Wanted, TaskCompletionSource Done)> _waits = [];

    public Queue<Exception> Refuse { get; } = [];

    public IReadOnlyList<SessionEvent> All
    {
        get { lock (_gate) return [.. _all]; }
    }

    public string Story => string.Join(' ', All.Select(happened => happened switch
    {
        StreamOffline offline => $"offline:{offline.Reason}",
        ClipFailed failed => $"failed:{failed.Reason}",
        _ => happened.GetType().Name.Replace("Stream", "", StringComparison.Ordinal).Replace("Clip", "", StringComparison.Ordinal).ToLowerInvariant(),
    }));

    public Task PublishAsync(SessionEvent happened, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (Refuse.TryDequeue(out var error)) return Task.FromException(error);
            _all.Add(happened);
            foreach (var (_, done) in _waits.Where(wait => wait.Wanted(happened))) done.TrySetResult();
        }
        return Task.CompletedTask;
    }

    /// <summary>Waits for an event that has come or will come.</summary>
    public async Task<T> Until<T>(string reason, Func<T, bool>? wanted = null) where T : SessionEvent
    {
        wanted ??= _ => true;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waits.Add((happened => happened is T match && wanted(match), done));
            if (_all.OfType<T>().Any(wanted)) done.TrySetResult();
        }
        try
        {
            await done.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"waited in vain for {reason}; so far: {Story}");
        }
        return All.OfType<T>().First(wanted);
    }
}

/// <summary>Keeps every hop.</summary>
internal sealed class FakeVerdictLog : IVerdictLog
{
    public List<HopRecord> All { get; } = [];

    public ValueTask WriteAsync(HopRecord hop, CancellationToken cancel)
    {
        All.Add(hop);
        return ValueTask.CompletedTask;
    }
}
