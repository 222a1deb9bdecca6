using Microsoft.Extensions.Configuration;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host.Tests;

public class DemoBroadcastTests
{
    private static readonly DemoBroadcast Broadcast = DemoBroadcast.Load();

    [Fact]
    public void The_bundled_broadcast_is_whole_and_long_enough()
    {
        Assert.True(File.Exists(Broadcast.Video), Broadcast.Video);
        Assert.InRange(Broadcast.Length, TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5));
        Assert.NotEmpty(Broadcast.Truths);
        Assert.All(Broadcast.Truths, truth =>
        {
            Assert.Contains(truth.QueryId, Broadcast.Queries.Keys);
            Assert.False(truth.Span.IsEmpty);
            Assert.True(truth.Span.End.ToTimeSpan() <= Broadcast.Length);
        });
    }

    [Fact]
    public void The_demo_also_asks_for_events_that_do_not_happen() =>
        Assert.NotEmpty(Broadcast.Queries.Keys.Except(Broadcast.Truths.Select(truth => truth.QueryId)));

    [Fact]
    public void The_settings_of_the_demo_are_valid_and_listen_on_loopback_only()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(DemoSettings.Of(Broadcast, "/somewhere", 0)).Build();

        Settings.Validate(configuration);
        var stream = Assert.Single(StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration)));
        Assert.Equal(Broadcast.Queries.Keys.Order(StringComparer.Ordinal), stream.Queries.Select(query => query.Id));
        Assert.Equal("127.0.0.1", configuration["Rtmp:Address"]);
    }

    [Fact]
    public void A_label_file_is_read_as_the_trainer_writes_it()
    {
        using var folder = new TempFolder();
        var labels = folder.Write("b.json", """
            { "video": "b.mp4", "domain": "sports", "seed": 1, "duration": 12.5,
              "queries": [ { "id": "goal", "text": "a goal is scored" } ], "events": [ { "query": "goal", "start": 1.5, "end": 4 } ] }
            """);

        var broadcast = DemoBroadcast.Load(labels);

        Assert.Equal(Path.Combine(folder.Path, "b.mp4"), broadcast.Video);
        Assert.Equal(TimeSpan.FromSeconds(12.5), broadcast.Length);
        Assert.Equal(new DemoTruth("goal", TimeRange.FromSeconds(1.5, 4)), Assert.Single(broadcast.Truths));
    }
}
