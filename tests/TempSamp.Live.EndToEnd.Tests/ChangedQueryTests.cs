using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>A settings file that is changed while its stream is live.</summary>
public sealed class ChangedQueryTests(TestBroadcast broadcast) : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_query_that_is_added_while_the_stream_is_live_is_found_in_the_same_session()
    {
        var truths = new Dictionary<string, IReadOnlyList<TimeRange>> { ["first"] = [TimeRange.FromSeconds(3, 6)], ["second"] = [TimeRange.FromSeconds(8.5, 11)] };
        Write("first");
        await using var daemon = await LiveDaemon.StartFromFileAsync(_file, truths);
        var publishing = daemon.PublishAsync(broadcast.File, "changed", speed: 1);
        await daemon.WaitForAsync("stream.online", 1);

        Write("first", "second");
        await Until.TrueAsync("the new query", TimeSpan.FromSeconds(60), () => Task.FromResult(daemon.Status("match").Notes.Any(note => note.Kind == "queries")), () => daemon.Status("match").ToString());
        await publishing;
        await daemon.WaitForAsync("stream.offline", 1);

        Assert.Equal(["first", "second"], daemon.Events.Where(e => LiveDaemon.Is(e, "clip.ready")).Select(e => e.GetProperty("data").GetProperty("query").GetProperty("id").GetString()).Order());
        Assert.Equal((0, 1), ((int)daemon.Status("match").Counts.DroppedFrames, daemon.Events.Count(e => LiveDaemon.Is(e, "stream.online"))));
        await Deliverables.CheckAsync(daemon.Events);
    }

    /// <summary>Replaces the file at one go, as editors and config maps do.</summary>
    private void Write(params string[] queries)
    {
        var next = _file + ".next";
        File.WriteAllText(next, $$"""{ "Streams": { "match": { "Url": "listen:changed", "Queries": { {{string.Join(", ", queries.Select(query => $"\"{query}\": {{ \"Text\": \"the {query} event\" }}"))}} } } } }""");
        File.Move(next, _file, overwrite: true);
    }
}
