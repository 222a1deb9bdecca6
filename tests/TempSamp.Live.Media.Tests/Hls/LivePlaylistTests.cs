using System.Globalization;

namespace TempSamp.Live.Media.Tests;

/// <summary>How often a live list is loaded, on a clock on which waiting takes no time.</summary>
public sealed class LivePlaylistTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(20, 1.0, true, 1.0)]
    [InlineData(20, 20.0, true, 2.0)]
    [InlineData(20, 1.0, false, 2.0)]
    [InlineData(2, 1.5, false, 1.0)]
    [InlineData(1, 0.05, true, 0.2)]
    public void A_list_is_loaded_again_when_a_segment_may_have_come_and_never_later_than_the_bound(int target, double last, bool hasChanged, double wait) =>
        Assert.Equal(TimeSpan.FromSeconds(wait), LivePlaylist.Interval(Parsed(target, last), hasChanged, s_most));

    [Fact]
    public async Task A_source_that_is_back_is_read_within_the_bound_although_its_segments_were_long()
    {
        var time = new SkippedTime();
        var back = TimeSpan.FromSeconds(9);
        await using var origin = new HlsOrigin(_ => OriginAnswer.Text(Text(20, time.Passed < back ? [20] : [20, 1])));
        var options = TestStream.Local with { HlsReloadMost = s_most };
        using var resources = new ResourceReader(new UrlPolicy(options), new AddressGuard(options));
        var deadline = new Deadline(time, TestContext.Current.CancellationToken);
        var loader = new PlaylistLoader(resources, deadline);
        var live = new LivePlaylist(loader.Load(new UrlPolicy(options).Check(origin.Url("x.m3u8")), null, TimeSpan.FromMinutes(1)), loader, options, deadline, null);
        Assert.Single(live.First.Segments);

        var step = CursorStep.Nothing;
        while (step.Segments.Count == 0) step = live.Reload();

        Assert.Equal(1, Assert.Single(step.Segments).Duration.TotalSeconds);
        Assert.InRange(time.Passed, back, back + s_most);
    }

    private static MediaPlaylist Parsed(int target, params double[] lengths)
    {
        var options = TestStream.Local;
        return (MediaPlaylist)PlaylistParser.Parse(Text(target, lengths), new StreamUrl(StreamUrlKind.Http, "http://127.0.0.1/x.m3u8"), new UrlPolicy(options));
    }

    private static string Text(int target, double[] lengths) => string.Create(CultureInfo.InvariantCulture,
        $"#EXTM3U\n#EXT-X-TARGETDURATION:{target}\n{string.Concat(lengths.Select((length, i) => string.Create(CultureInfo.InvariantCulture, $"#EXTINF:{length},\na{i}.ts\n")))}");

    /// <summary>Whoever waits has waited at once.</summary>
    private sealed class SkippedTime : TimeProvider
    {
        private long _ticks;

        public TimeSpan Passed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) Interlocked.Add(ref _ticks, dueTime.Ticks);
            return TimeProvider.System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
