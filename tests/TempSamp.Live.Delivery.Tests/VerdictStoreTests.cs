using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

public sealed class VerdictStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly SessionIdentity Session = SessionIdentity.Of("match-7", Start, "arrival");
    private static readonly HighlightQuery Goal = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);
    private static readonly HighlightQuery Card = new("card", "裁判出示黄牌 🟨", 0.6, ClipPolicy.Default);

    private readonly string _folder = Directory.CreateTempSubdirectory("verdicts").FullName;
    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public async Task Every_window_is_read_back_as_it_was_written()
    {
        var seen = Seen(0, 16, 4, 8) with { RawPresence = 0.8, HasPosterior = true, PromptDigest = "00ff", Timings = new(TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(250)) };
        var nothing = Seen(0, 16, 0, 0) with { QueryId = "card", Span = null, Presence = 0.01, Answer = "no answer: 🟥" };
        await using (var store = Store())
            await store.WriteAsync(Hop(Session, [new(seen, VerdictOutcome.FirstSighting, 1), new(nothing, VerdictOutcome.BelowThreshold, null)]), CancellationToken.None);

        using var reader = VerdictReader.Open(_folder);
        Assert.Equal(["match-7"], reader.Streams());
        Assert.Equal(Session, Assert.Single(reader.Sessions("match-7")));
        var told = reader.Explain(Session, MediaTime.FromSeconds(5));
        Assert.Equal(["goal", "card"], told.Queries.Select(q => q.Query.Id));
        Assert.Equal(new(seen, VerdictOutcome.FirstSighting, 1), Assert.Single(told.Queries[0].Windows).Trace);
        Assert.Equal(new(nothing, VerdictOutcome.BelowThreshold, null), Assert.Single(told.Queries[1].Windows).Trace);
        Assert.Equal(new AskedQuery("card", "裁判出示黄牌 🟨", 0.6, new("mini", "abc"), ""), told.Queries[1].Query);
        Assert.Equal(MediaTime.FromSeconds(16), reader.Newest(Session));
        Assert.Empty(reader.Explain(Session, MediaTime.FromSeconds(16)).Queries[0].Windows);
    }

    [Fact]
    public async Task What_was_written_is_there_when_the_writer_is_killed()
    {
        var copy = Directory.CreateTempSubdirectory("verdicts").FullName;
        await using (var store = Store())
        {
            await store.WriteAsync(Hop(Session, [new(Seen(0, 16, 4, 8), VerdictOutcome.FirstSighting, 1)]), CancellationToken.None);
            await Written();
            foreach (var file in Directory.GetFiles(_folder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));   // what a killed process leaves
        }
        using var reader = VerdictReader.Open(copy);
        Assert.Single(reader.Explain(Session, MediaTime.FromSeconds(5)).Queries[0].Windows);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task Verdicts_older_than_they_are_kept_are_forgotten_with_their_sessions()
    {
        var later = SessionIdentity.Of("match-7", Start + TimeSpan.FromDays(8), "arrival");
        await using (var store = Store(new() { Keep = TimeSpan.FromDays(7) }))
        {
            await store.WriteAsync(Hop(Session, [new(Seen(0, 16, 4, 8), VerdictOutcome.FirstSighting, 1)], [new("goal", 1, TimeRange.FromSeconds(4, 8), CandidateEnd.Moment, 2, 0, 0)]), CancellationToken.None);
            await Written();
            _time.Advance(TimeSpan.FromDays(8));
            await store.WriteAsync(Hop(later, [new(Seen(0, 16, 4, 8), VerdictOutcome.FirstSighting, 1)]), CancellationToken.None);
        }
        using var reader = VerdictReader.Open(_folder);
        Assert.Equal(later, Assert.Single(reader.Sessions("match-7")));
    }

    [Fact]
    public void The_oldest_verdicts_make_room_when_the_file_is_full()
    {
        using var database = VerdictDatabase.OpenWriter(Path.Combine(_folder, "verdicts.db"), out _);
        var tables = new VerdictTables(database);
        var hops = Enumerable.Range(0, 30_000).Select(i => Hop(Session, [new(Seen(i, i + 16, i + 4, i + 8), VerdictOutcome.FirstSighting, i)])).ToArray();
        tables.Write(hops);
        var full = Used(database);
        tables.Forget(DateTimeOffset.UnixEpoch, full / 2);
        Assert.InRange(Used(database), full / 5, full / 2);
        Assert.Equal(29_999, database.Number("SELECT max(candidate) FROM verdicts"));
        Assert.True(database.Number("SELECT min(candidate) FROM verdicts") > 9_999);
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_and_a_new_one_begun()
    {
        File.WriteAllText(Path.Combine(_folder, "verdicts.db"), "this is no database, however long one reads in it, and it never was");
        await using (var store = Store()) await store.WriteAsync(Hop(Session, [new(Seen(0, 16, 4, 8), VerdictOutcome.FirstSighting, 1)]), CancellationToken.None);
        using var reader = VerdictReader.Open(_folder);
        Assert.Single(reader.Sessions("match-7"));
        Assert.True(File.Exists(Path.Combine(_folder, "verdicts.db.old")));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_costs_the_record_only()
    {
        File.WriteAllText(Path.Combine(_folder, "data"), "a file where the folder should be");
        var store = new VerdictStore(Options.Create(new DeliveryOptions { Directory = Path.Combine(_folder, "data") }), Options.Create(new VerdictOptions()), _time, NullLogger<VerdictStore>.Instance);
        await store.WriteAsync(Hop(Session, [new(Seen(0, 16, 4, 8), VerdictOutcome.FirstSighting, 1)]), CancellationToken.None);
        await store.DisposeAsync();
        Assert.Equal(1, store.Lost);
        await store.WriteAsync(Hop(Session, []), CancellationToken.None);
        Assert.Equal(2, store.Lost);
    }

    [Fact]
    public void A_folder_without_verdicts_is_an_error_that_says_what_to_do() =>
        Assert.Contains("Check Delivery:Directory", Assert.Throws<FileNotFoundException>(() => VerdictReader.Open(_folder)).Message);

    private Task Written() => Until.TrueAsync("the first hop is in the file", TimeSpan.FromSeconds(30), () =>
    {
        try
        {
            using var reader = VerdictReader.Open(_folder);
            return Task.FromResult(reader.Sessions("match-7").Count == 1);
        }
        catch (FileNotFoundException)
        {
            return Task.FromResult(false);
        }
    });

    private static long Used(VerdictDatabase database) => (database.Number("PRAGMA page_count") - database.Number("PRAGMA freelist_count")) * database.Number("PRAGMA page_size");

    private VerdictStore Store(VerdictOptions? options = null) =>
        new(Options.Create(new DeliveryOptions { Directory = _folder }), Options.Create(options ?? new()), _time, NullLogger<VerdictStore>.Instance);

    private HopRecord Hop(SessionIdentity session, VerdictTrace[] verdicts, CandidateTrace[]? candidates = null) =>
        new(session, new("mini", "abc"), [Goal, Card], _time.GetUtcNow(), verdicts, candidates ?? []);

    private static WindowVerdict Seen(double from, double to, double start, double end) =>
        new("goal", TimeRange.FromSeconds(from, to), TimeRange.FromSeconds(start, end), 0.9, 0.8, "<answer>04.0 to 08.0</answer>");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
