using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery.Tests;

public sealed class StateDatabaseTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    private StateDatabase Open() => new(Options.Create(new DeliveryOptions { Directory = _delivery.Root }), _delivery.Time, NullLogger<StateDatabase>.Instance);

    [Fact]
    public async Task A_step_that_throws_is_undone_alone()
    {
        using var state = Open();
        var steps = Enumerable.Range(0, 40).Select(i => state.WriteAsync(db =>
        {
            db.Execute("INSERT INTO streams (id, sequence, seen_at) VALUES (?1, 1, 1)", $"s{i}");
            return i % 4 == 3 ? throw new InvalidOperationException("no") : i;
        })).ToList();
        foreach (var (i, step) in steps.Index())
        {
            if (i % 4 == 3) await Assert.ThrowsAsync<InvalidOperationException>(() => step);
            else Assert.Equal(i, await step);
        }
        Assert.Equal(30, state.Read(db => db.Number("SELECT count(*) FROM streams")));
    }

    [Fact]
    public async Task A_broken_rule_of_the_tables_is_the_callers_alone()
    {
        using var state = Open();
        Task<int> Add(string id) => state.WriteAsync(db => db.Execute("INSERT INTO streams (id, sequence, seen_at) VALUES (?1, 1, 1)", id));
        var (first, twice, other) = (Add("a"), Add("a"), Add("b"));
        await first;
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => twice);
        await other;
        Assert.Equal(2, state.Read(db => db.Number("SELECT count(*) FROM streams")));
    }

    [Fact]
    public void A_second_daemon_in_the_same_folder_is_refused()
    {
        using var state = Open();
        Assert.Contains("Stop the other daemon", Assert.Throws<IOException>(Open).Message);
    }

    [Fact]
    public void A_database_of_an_older_program_is_copied_and_brought_forward()
    {
        Directory.CreateDirectory(_delivery.Root);
        using (var old = new StateConnection(_delivery.StatePath, isWriter: true))
        {
            StateSchema.Migrate(old, _delivery.StatePath, upTo: 1);
            old.Execute("INSERT INTO streams (id, sequence, seen_at) VALUES ('kept', 7, 1)");
        }
        using (var state = Open())
        {
            Assert.False(state.IsNew);
            Assert.Equal(7, state.Read(db => db.Number("SELECT sequence FROM streams WHERE id = 'kept'")));
            Assert.Equal(StateSchema.Version, state.Read(db => db.Number("PRAGMA user_version")));
            Assert.Equal(0, state.Read(db => db.Number("SELECT count(*) FROM dead_letters")));
        }
        using var copy = new StateConnection(StateSchema.BackupOf(_delivery.StatePath, 1), isWriter: false);
        Assert.Equal((1, 7), (copy.Number("PRAGMA user_version"), copy.Number("SELECT sequence FROM streams WHERE id = 'kept'")));
    }

    [Fact]
    public void A_database_of_a_newer_program_is_refused_and_left_alone()
    {
        using (Open()) { }
        using (var newer = new StateConnection(_delivery.StatePath, isWriter: true)) newer.Execute("PRAGMA user_version=99");
        Assert.Contains("made by a newer version", Assert.Throws<IOException>(Open).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8192)]
    public async Task A_damaged_database_is_set_aside_and_what_it_knew_is_told_from_journal_and_spool(int from)
    {
        await using (var running = await _delivery.StartAsync())
        {
            await running.Events.PublishAsync(_delivery.Online(), default);
            await running.DeliverAsync(_delivery.Detected("stored"));
            await running.Events.PublishAsync(_delivery.Detected("lost"), default);
            await running.Events.PublishAsync(_delivery.Detected("spooled"), default);
            var plan = DeliveryFixture.Plan("spooled");
            await running.Spool.TakeAsync(plan, DeliveryFixture.Cut(running.Clips, plan), default);
        }
        using (var file = File.OpenWrite(_delivery.StatePath))
        {
            file.Position = from;
            file.Write(new byte[8192]);
        }
        _delivery.Time.Advance(TimeSpan.FromSeconds(1));
        await using (await _delivery.StartAsync()) { }

        Assert.Single(Directory.GetFiles(_delivery.Root, "state.db.damaged-*"));
        var told = _delivery.Lines().Select(line => line.Id!).Distinct().ToList();
        Assert.Equal(["match-s1:online", "stored:1", "stored:2", "lost:1", "spooled:1"], told[..5]);
        Assert.Equal(["lost:2", "match-s1:offline", "spooled:2"], told[5..].Order());
        Assert.All(_delivery.Lines().GroupBy(line => line.Source), stream =>
            Assert.Equal(stream.Select(line => (string)line["sequence"]!).Order(StringComparer.Ordinal), stream.Select(line => (string)line["sequence"]!)));
    }
}
