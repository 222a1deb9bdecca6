using System.Text.Json;
using TempSamp.Live.Testing;
using TempSamp.Live.TestWorker;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Workers in processes of their own share streams over a real broker, and are killed, frozen and woken.</summary>
public sealed class SharedStreamsTests(Servers servers, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Shares = 8;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private static int _groups;

    private readonly string _root = Directory.CreateTempSubdirectory("tempsamp-shared-").FullName;
    private readonly string _group = $"specs-{Environment.ProcessId}-{Interlocked.Increment(ref _groups)}";
    private readonly Dictionary<string, ChildProcess> _workers = [];
    private readonly HashSet<string> _ended = [];
    private EventWatch _watch = null!;
    private string _broker = "";

    public async ValueTask InitializeAsync()
    {
        _broker = (await servers.KafkaAsync()).Address;
        await new KafkaTopics(new() { Servers = _broker, Partitions = 4, Replicas = 1 }).EnsureAsync(Events, default);
        _watch = new(_broker, Events);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers.Values) await worker.DisposeAsync();
        if (_watch is not null) await _watch.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("Classic")]
    [InlineData("Consumer")]
    public async Task Streams_are_shared_and_move_when_workers_come_and_go(string protocol)
    {
        var streams = OneInEachShare();
        Start("a", streams, protocol, sessionSeconds: 60);   // a busy machine must not make one of them look dead
        await UntilAsync("a runs them all", () => streams.All(stream => NewestOf(stream) == "a"));
        Start("b", streams, protocol, sessionSeconds: 60);
        await UntilAsync("both have some", () => streams.Select(NewestOf).Distinct().Count() == 2);

        await EndAsync("a");
        await UntilAsync("b runs them all", () => streams.All(stream => NewestOf(stream) == "b"));
        await EndAsync("b");

        await UntilAsync("everything that was told is seen", () => Told("a").Concat(Told("b")).All(_watch.Seen.Select(seen => seen.Id).ToHashSet().Contains));   // a clean handover leaves nothing behind
        AssertNoneTwice();
        Assert.All(streams, AssertOneAfterTheOther);
    }

    [Fact]
    public async Task Streams_of_a_killed_worker_run_elsewhere_and_nothing_is_published_twice()
    {
        var streams = OneInEachShare();
        Start("a", streams);
        Start("b", streams);
        await UntilAsync("both have some", () => streams.All(stream => NewestOf(stream) is not null) && streams.Select(NewestOf).Distinct().Count() == 2);

        var killed = TimeProvider.System.GetTimestamp();
        _ended.Add("a");
        _workers["a"].Kill();
        await UntilAsync("b runs them all", () => streams.All(stream => NewestOf(stream) == "b"));
        output.WriteLine($"Streams of the killed worker ran elsewhere after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s.");

        AssertNoneTwice();
        Assert.All(streams, AssertOneAfterTheOther);
    }

    [Fact]
    public async Task Nothing_of_a_worker_that_was_frozen_and_replaced_is_seen_after_it_wakes()
    {
        Start("a", ["match"], shares: 1, sessionSeconds: 12);
        Start("b", ["match"], shares: 1, sessionSeconds: 12);
        await UntilAsync("one runs it", () => NewestOf("match") is not null);
        var (owner, other) = NewestOf("match") == "a" ? ("a", "b") : ("b", "a");

        _workers[owner].Freeze();
        await UntilAsync("the other runs it", () => NewestOf("match") == other);
        var asleep = Told(owner).Count;
        _workers[owner].Thaw();
        await UntilAsync("the woken one told more, and then learned what had happened", () => Told(owner).Count > asleep && HasEnded(owner));
        var seenThen = _watch.Seen.Count;
        await UntilAsync("the other goes on", () => _watch.Seen.Count >= seenThen + 50 && NewestOf("match") == other);

        AssertNoneTwice();
        AssertOneAfterTheOther("match");
        var seen = _watch.Seen.Select(one => one.Id).ToHashSet();
        Assert.All(Told(owner).Skip(asleep + 1), id => Assert.DoesNotContain(id, seen));   // it did tell (the first may have been published just before), and it stayed in its outbox
    }

    /// <summary>A stream for each share, so that workers that have shares have streams.</summary>
    private static string[] OneInEachShare() =>
        [.. Enumerable.Range(0, Shares).Select(share => Enumerable.Range(0, 10_000).Select(number => $"s{number}").First(id => StreamShares.Of(id, Shares) == share))];

    private string Events => _group + "-events";

    private void Start(string name, IReadOnlyList<string> streams, string protocol = "Classic", int shares = Shares, double sessionSeconds = 8)
    {
        var plan = new WorkerPlan(name, Directory.CreateDirectory(Path.Combine(_root, name)).FullName, _broker, Events, _group, shares, streams, protocol, sessionSeconds);
        _workers[name] = ChildProcess.Start(Path.Combine(AppContext.BaseDirectory, "TempSamp.Live.TestWorker"), JsonSerializer.Serialize(plan));
    }

    /// <summary>What a worker has safely told. Its last line may be half written.</summary>
    private IReadOnlyList<string> Told(string worker)
    {
        var path = Path.Combine(_root, worker, "told");
        if (!File.Exists(path)) return [];
        var text = File.ReadAllText(path);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private bool HasEnded(string worker) => Told(worker)[^1].EndsWith(":offline", StringComparison.Ordinal);

    /// <summary>The worker whose event is the newest of a stream; null before the first.</summary>
    private string? NewestOf(string stream) => _watch.Seen.LastOrDefault(seen => seen.Stream == stream) is { } newest ? _workers.Keys.Single(newest.IsOf) : null;

    private async Task EndAsync(string worker)
    {
        _ended.Add(worker);
        _workers[worker].Ask();
        Assert.Equal(0, await _workers[worker].ExitAsync(TestContext.Current.CancellationToken));
    }

    private void AssertNoneTwice() => Assert.Empty(_watch.Seen.GroupBy(seen => seen.Id).Where(same => same.Count() > 1).Select(same => same.Key));

    /// <summary>Once a stream's next session has told something, the one before is silent.</summary>
    private void AssertOneAfterTheOther(string stream)
    {
        var sessions = _watch.Seen.Where(seen => seen.Stream == stream).Select(seen => seen.Session).ToList();
        var changes = sessions.Where((session, at) => at == 0 || session != sessions[at - 1]).ToList();
        Assert.Equal(changes.Distinct(), changes);
    }

    private Task UntilAsync(string what, Func<bool> holds) => Until.TrueAsync(what, _patience, () =>
    {
        foreach (var (name, worker) in _workers)
            if (worker.HasExited && !_ended.Contains(name)) throw new InvalidOperationException($"worker {name} has ended while waiting for: {what}. It said:\n{worker.Said}");
        return Task.FromResult(holds());
    }, () => string.Join("\n---\n", _workers.Select(worker => $"{worker.Key}:\n{worker.Value.Said}")));
}
