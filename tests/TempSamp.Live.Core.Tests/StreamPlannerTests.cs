namespace TempSamp.Live.Core.Tests;

public class StreamPlannerTests
{
    private static readonly WindowProfile _profile = new(224, 140, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(2));
    private static readonly TapeBounds _tape = new(TimeSpan.FromSeconds(120), 1 << 20);
    private static readonly HighlightQuery _goal = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);
    private static readonly StreamSpec _spec = new("match-7", "rtmp://host/live/key", [_goal]);

    [Theory]
    [InlineData("rtmp://host/live/key")]
    [InlineData("https://host/live/index.m3u8?token=1")]
    [InlineData("listen:secret")]
    [InlineData("/media/match.mp4")]
    [InlineData("match.mp4")]
    [InlineData("file:///media/match.mp4")]
    public void A_good_stream_resolves(string url)
    {
        var resolution = StreamPlanner.Resolve(_spec with { Url = url }, _profile, _tape);
        Assert.Empty(resolution.Errors);
        Assert.Equal(url, resolution.Plan!.Url);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("listen:", "stream key is missing")]
    [InlineData("concat:a.ts|b.ts", "protocol 'concat' is not allowed")]
    [InlineData("data:video/mp4;base64,AA", "protocol 'data' is not allowed")]
    [InlineData("gopher://host/x", "protocol 'gopher' is not allowed")]
    [InlineData("rtmp://", "not a whole address")]
    public void A_bad_url_names_itself_and_the_fix(string url, string reason) =>
        Assert.Contains(reason, Assert.Single(StreamPlanner.Resolve(_spec with { Url = url }, _profile, _tape).Errors));

    [Fact]
    public void All_errors_are_collected()
    {
        var long1 = _goal with { Id = "long", Text = "x", Policy = ClipPolicy.Default with { MaxLength = TimeSpan.FromSeconds(500) } };
        var reversed = _goal with { Id = "reversed", Text = "y", Policy = ClipPolicy.Default with { MaxLength = TimeSpan.FromSeconds(1), Cooldown = TimeSpan.FromSeconds(-1) } };
        var spec = new StreamSpec("../up", "ftp://host/x", [_goal, _goal, _goal with { Id = "", Threshold = double.NaN, Text = " " }, long1, reversed]);
        var resolution = StreamPlanner.Resolve(spec, _profile, _tape);
        Assert.Null(resolution.Plan);
        string[] expected = ["'../up': the id becomes", "'ftp'", "the id is empty", "text is empty", "threshold NaN", "longer than the packet tape", "below MinLength", "Cooldown", "2 queries are called 'goal'", "ask the same sentence"];
        Assert.All(expected, part => Assert.Contains(resolution.Errors, error => error.Contains(part, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, resolution.Errors.Count);
        Assert.All(resolution.Errors, error => Assert.StartsWith("stream '../up'", error));
    }

    [Fact]
    public void A_stream_without_queries_stands_by() => Assert.True(StreamPlanner.Resolve(_spec with { Queries = [] }, _profile, _tape).Plan!.StandsBy);

    [Fact]
    public void Streams_that_share_an_id_are_found() =>
        Assert.Equal(["match-7"], StreamPlanner.DuplicateIds([_spec, _spec with { Id = "MATCH-7" }, _spec with { Id = "other" }]));

    [Theory]
    [InlineData("rtmp://user:pw@host:1935/live/secret?sign=1", "rtmp://host:1935/live/***")]
    [InlineData("https://host/a/index.m3u8?token=1", "https://host/a/index.m3u8")]
    [InlineData("listen:secret", "listen:***")]
    [InlineData("/media/match.mp4", "/media/match.mp4")]
    public void Secrets_do_not_reach_logs(string url, string shown) => Assert.Equal(shown, StreamPlanner.Redact(url));
}
