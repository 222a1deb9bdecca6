using Microsoft.Extensions.Diagnostics.HealthChecks;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host.Tests;

/// <summary>What each trouble of delivery does to readiness.</summary>
public sealed class DeliveryReadinessTests
{
    private const string Reason = "it is away; bring it back";

    [Fact]
    public async Task Without_trouble_everything_is_ready() => Assert.All(await CheckAsync(new Health()), check => Assert.Equal(HealthStatus.Healthy, check.Status));

    public static TheoryData<string, int> Troubles => new() { { "state", 0 }, { "store", 1 }, { "broker", 2 }, { "group", 3 } };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Trouble_makes_its_check_unhealthy_with_the_reason_and_no_other(string trouble, int check)
    {
        var results = await CheckAsync(trouble switch
        {
            "state" => new Health { StateTrouble = Reason },
            "store" => new Health { StoreTrouble = Reason },
            "broker" => new Health { Channels = [new("journal", 0, null, null), new("kafka", 7, null, Reason)] },
            _ => new Health { Group = new("workers", 0, Reason) },
        });

        Assert.Equal(HealthStatus.Unhealthy, results[check].Status);
        Assert.Contains(Reason, results[check].Description, StringComparison.Ordinal);
        Assert.All(results.Where(result => result.Status != HealthStatus.Healthy), result => Assert.Equal(results[check], result));
    }

    [Fact]
    public async Task A_receiver_of_webhooks_that_is_away_degrades_only()
    {
        var results = await CheckAsync(new Health { Channels = [new("kafka", 0, null, null), new("webhook:editors", 7, null, Reason)] });

        Assert.Equal(HealthStatus.Degraded, results[2].Status);
        Assert.Contains("7 events wait", results[2].Description, StringComparison.Ordinal);
    }

    private static async Task<HealthCheckResult[]> CheckAsync(IDeliveryHealth health)
    {
        IHealthCheck[] checks = [new StateCheck(health), new StoreCheck(health), new EventsCheck(health), new GroupCheck(health)];
        return await Task.WhenAll(checks.Select(check => check.CheckHealthAsync(new(), TestContext.Current.CancellationToken)));
    }

    private sealed record Health : IDeliveryHealth
    {
        public string Store => "a store";

        public string? StateTrouble { get; init; }

        public string? StoreTrouble { get; init; }

        public int ClipsOnTheWay => 0;

        public long SpoolBytes => 0;

        public IReadOnlyList<ChannelHealth> Channels { get; init; } = [];

        public GroupHealth? Group { get; init; }
    }
}
