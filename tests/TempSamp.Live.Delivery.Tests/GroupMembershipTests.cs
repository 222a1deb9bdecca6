using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>A worker knows when it has no part in its group, why, and when that is over.</summary>
public sealed class GroupMembershipTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public void A_worker_is_a_member_from_its_first_shares_until_its_coordinator_is_away_or_they_are_lost()
    {
        var membership = new GroupMembership(Options.Create(new EventsOptions { Kafka = new() { Servers = "kafka:9092" } }), Options.Create(new AssignmentOptions { Group = "workers" }));
        Assert.Contains("group 'workers': not joined yet", membership.Trouble);
        membership.Take(Statistics("up", "wait-join"));
        Assert.Contains("no shares of the streams yet (wait-join)", membership.Trouble);
        membership.Take(Statistics("up", "steady"));
        Assert.Null(membership.Trouble);
        membership.Take(Statistics("up", "wait-join"));
        Assert.Null(membership.Trouble);   // shares move

        membership.Note(new Error(ErrorCode.Local_Transport, "connection refused"));
        membership.Take(Statistics("query-coord", "steady"));
        Assert.Contains("Kafka at kafka:9092", membership.Trouble);
        Assert.Contains("connection refused", membership.Trouble);
        membership.Take(Statistics("up", "steady"));
        Assert.Null(membership.Trouble);

        membership.Leave("its shares of the streams were lost");
        membership.Take(Statistics("up", "init"));
        Assert.NotNull(membership.Trouble);
        membership.Take("""{ "name": "without a group" }""");
        Assert.NotNull(membership.Trouble);
        membership.Take(Statistics("up", "steady"));
        Assert.Null(membership.Trouble);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Brokers_that_go_away_are_told_and_forgotten_when_they_are_back(GroupProtocol protocol)
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("kafka") is not null, ToolServer.WhyAbsent("kafka") ?? "");
        await using var broker = await KafkaBroker.StartAsync(ownOnly: true);
        var kafka = new KafkaOptions { Servers = broker.Address, Partitions = 1, Replicas = 1, SendTimeout = TimeSpan.FromSeconds(10) };
        await using var running = await RunningDelivery.StartAsync(_delivery.Root, TimeProvider.System, services => services
            .Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka })))
            .Replace(ServiceDescriptor.Singleton(Options.Create(new AssignmentOptions { Kind = AssignmentKind.Kafka, Topic = "specs", Group = "workers", Partitions = 3, Protocol = protocol, DrainTime = TimeSpan.Zero }))));
        var health = running.Services.GetRequiredService<IDeliveryHealth>();
        Task UntilAsync(string what, Func<GroupHealth, bool> holds) => Until.TrueAsync(what, s_patience, () => Task.FromResult(holds(health.Group!)), () => $"{health.Group}");

        await UntilAsync("membership", group => group is { Shares: 3, Trouble: null });
        broker.Server!.Kill();
        await UntilAsync("the trouble", group => group.Trouble is not null);
        Assert.Contains($"Kafka at {broker.Address}, group 'workers'", health.Group!.Trouble);
        await broker.Server.StartAgainAsync();
        await UntilAsync("the end of the trouble", group => group is { Shares: 3, Trouble: null });
        await running.CrashAsync();
    }

    private static string Statistics(string state, string step) => $$"""{ "name": "a client", "cgrp": { "state": "{{state}}", "stateage": 1, "join_state": "{{step}}", "rebalance_age": 1 } }""";
}
