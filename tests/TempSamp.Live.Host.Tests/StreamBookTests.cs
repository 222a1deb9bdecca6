using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host.Tests;

public sealed class StreamBookTests : IDisposable
{
    private const string OneStream = """{ "Streams": { "match": { "Url": "rtmp://example.com/app/key", "Queries": { "goal": { "Text": "a goal is scored" } } } } }""";
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 6, 12, 0, 0, TimeSpan.Zero));   // a Monday

    public void Dispose() => _folder.Dispose();

    private StreamBook Book(string settings = OneStream)
    {
        var sources = new SettingsSources { ProgramFolder = _folder.Path, MachineFolder = _folder.Path + "/none", Files = [_folder.Write("streams.json", settings)] };
        return new(sources, sources.Load(), Path.Combine(_folder.Path, "managed.json"), null, _time, NullLogger<StreamBook>.Instance);
    }

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    /// <summary>Moves the clock until the book tells another set of streams.</summary>
    private async Task<IReadOnlyList<StreamSpec>> NextAsync(IAsyncEnumerator<IReadOnlyList<StreamSpec>> changes)
    {
        var next = changes.MoveNextAsync().AsTask();
        for (var look = 0; look < 100 && !next.IsCompleted; look++)
        {
            _time.Advance(StreamBook.Look);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
        }
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken));
        return changes.Current;
    }

    private IAsyncEnumerator<IReadOnlyList<StreamSpec>> Watch(StreamBook book) => book.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_changed_file_is_told_whole()
    {
        var book = Book();
        await using var changes = Watch(book);
        Assert.Equal("match", Assert.Single(await NextAsync(changes)).Id);

        _folder.Write("streams.json", OneStream.Replace("a goal is scored", "a penalty is scored"));

        Assert.Equal("a penalty is scored", Assert.Single(Assert.Single(await NextAsync(changes)).Queries).Text);
        Assert.Equal(2, book.Page.Version);
    }

    [Fact]
    public async Task A_swapped_symbolic_link_is_a_change()
    {
        _folder.Write("a.json", OneStream);
        _folder.Write("b.json", OneStream.Replace("\"match\"", "\"final\""));
        var link = Path.Combine(_folder.Path, "live.json");
        File.CreateSymbolicLink(link, Path.Combine(_folder.Path, "a.json"));
        var sources = new SettingsSources { ProgramFolder = _folder.Path, MachineFolder = _folder.Path + "/none", Files = [link] };
        var book = new StreamBook(sources, sources.Load(), Path.Combine(_folder.Path, "managed.json"), null, _time, NullLogger<StreamBook>.Instance);
        await using var changes = Watch(book);
        await NextAsync(changes);

        File.Delete(link);
        File.CreateSymbolicLink(link, Path.Combine(_folder.Path, "b.json"));

        Assert.Equal("final", Assert.Single(await NextAsync(changes)).Id);
    }

    [Theory]
    [InlineData("{ not json", "not valid JSON")]
    [InlineData("""{ "Streams": { "match": { "Url": "", "Queries": { "goal": { "Text": "x" } } } } }""", "needs an address")]
    [InlineData("""{ "Streams": { "match": { "Urll": "rtmp://a/b/c" } } }""", "did you mean Url?")]
    public async Task A_broken_file_changes_nothing_says_where_it_is_wrong_and_is_taken_once_mended(string broken, string reason)
    {
        var book = Book();
        await using var changes = Watch(book);
        await NextAsync(changes);

        _folder.Write("streams.json", broken);
        var next = changes.MoveNextAsync().AsTask();
        for (var look = 0; look < 100 && book.Refused.Count == 0; look++)
        {
            _time.Advance(StreamBook.Look);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        Assert.Contains(book.Refused, e => e.Contains(reason, StringComparison.Ordinal));
        Assert.Equal("match", Assert.Single(book.Page.SpecsAt(_time.GetUtcNow())).Id);
        Assert.False(next.IsCompleted);

        _folder.Write("streams.json", OneStream.Replace("\"match\"", "\"final\""));
        for (var look = 0; look < 100 && !next.IsCompleted; look++)
        {
            _time.Advance(StreamBook.Look);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
        }
        Assert.True(await next);
        Assert.Equal("final", Assert.Single(changes.Current).Id);
        Assert.Empty(book.Refused);
    }

    [Fact]
    public async Task A_stream_put_by_the_api_survives_a_restart_and_can_be_taken_away()
    {
        await Book().PutStreamAsync("shop-1", Json("""{ "Url": "rtmp://example.com/app/shop", "Queries": { "price": { "Text": "the price drops", "MaxLength": "00:00:30" } } }"""), _ => { }, default);

        var again = Book();
        Assert.Equal(["match", "shop-1"], again.Page.SpecsAt(_time.GetUtcNow()).Select(s => s.Id));
        Assert.True(again.IsManaged("shop-1"));

        await again.DeleteStreamAsync("shop-1", _ => { }, default);
        Assert.Equal("match", Assert.Single(Book().Page.SpecsAt(_time.GetUtcNow())).Id);
    }

    [Theory]
    [InlineData("""{ "Url": "rtmp://example.com/a/b" }""", "nothing to look for")]
    [InlineData("""{ "Url": "rtmp://example.com/a/b", "QuerySets": [ "nope" ] }""", "no such query set")]
    [InlineData("""{ "Url": "rtmp://example.com/a/b", "Queries": { "q": { "Text": "x", "Threshold": 7 } } }""", "outside its bounds")]
    [InlineData("""{ "Url": "rtmp://example.com/a/b", "Queries": { "q": { "Text": "x" } }, "Schedule": [ "someday" ] }""", "no window of the week")]
    [InlineData("""{ "Url": "rtmp://example.com/a/b", "Queries": { "q": { "Text": "x" } }, "TimeZone": "Mars/Olympus" }""", "no such time zone")]
    public async Task A_change_with_errors_is_refused_with_all_of_them_and_changes_nothing(string settings, string reason)
    {
        var book = Book();

        var refused = await Assert.ThrowsAsync<StreamChangeException>(() => book.PutStreamAsync("new", Json(settings), _ => { }, default));

        Assert.Equal("invalid", refused.Kind);
        Assert.Contains(refused.Errors, e => e.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(1, book.Page.Version);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "managed.json")));
    }

    [Fact]
    public async Task A_stream_may_have_nothing_to_look_for_when_it_is_meant_to_stand_by()
    {
        var book = Book();

        await book.PutStreamAsync("ready", Json("""{ "Url": "rtmp://example.com/a/b", "Standby": true }"""), _ => { }, default);

        Assert.Empty(book.Page.SpecsAt(_time.GetUtcNow()).Single(spec => spec.Id == "ready").Queries);
    }

    [Fact]
    public async Task What_a_file_defines_is_changed_in_the_file()
    {
        var refused = await Assert.ThrowsAsync<StreamChangeException>(() => Book().PutStreamAsync("match", Json("""{ "Url": "x" }"""), _ => { }, default));

        Assert.Equal("conflict", refused.Kind);
    }

    [Fact]
    public async Task A_query_set_in_use_cannot_be_taken_away()
    {
        var book = Book();
        await book.PutQueriesAsync("mine", Json("""{ "wave": { "Text": "the crowd does the wave" } }"""), _ => { }, default);
        await book.PutStreamAsync("new", Json("""{ "Url": "rtmp://example.com/a/b", "QuerySets": [ "mine" ] }"""), _ => { }, default);

        var refused = await Assert.ThrowsAsync<StreamChangeException>(() => book.DeleteQueriesAsync("mine", _ => { }, default));

        Assert.Contains(refused.Errors, e => e.Contains("no such query set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_scheduled_stream_comes_and_goes_with_its_window_and_can_be_armed_out_of_turn()
    {
        var book = Book(OneStream.Replace("\"Queries\"", "\"Schedule\": [ \"Mon 12:01-12:02\" ], \"Queries\""));
        await using var changes = Watch(book);

        Assert.Empty(await NextAsync(changes));
        Assert.Single(await NextAsync(changes));
        Assert.InRange(_time.GetUtcNow().TimeOfDay, new TimeSpan(12, 1, 0), new TimeSpan(12, 1, 5));
        Assert.Empty(await NextAsync(changes));
        Assert.InRange(_time.GetUtcNow().TimeOfDay, new TimeSpan(12, 2, 0), new TimeSpan(12, 2, 5));

        await book.ArmAsync("match", TimeSpan.FromSeconds(30), default);
        Assert.Single(await NextAsync(changes));
        Assert.Empty(await NextAsync(changes));
    }

    [Fact]
    public void What_the_api_stored_and_someone_damaged_is_named_with_the_way_out()
    {
        _folder.Write("managed.json", "{ \"Streams\": 7 }");

        var refused = Assert.Throws<SettingsException>(() => Book());

        Assert.Contains("managed.json", Assert.Single(refused.Errors));
    }
}
