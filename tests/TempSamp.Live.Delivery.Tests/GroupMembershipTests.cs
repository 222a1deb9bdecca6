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

    [Fact]
    public async Task Brokers_that_go_away_are_told_and_forgotten_when_they_are_back_whichever_protocol_a_group_has()
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("kafka") is not null, ToolServer.WhyAbsent("kafka") ?? "");
        await using var broker = await KafkaBroker.StartAsync(ownOnly: true);
        await using var classic = await StartAsync(broker.Address, GroupProtocol.Classic);
        await using var consumer = await StartAsync(broker.Address, GroupProtocol.Consumer);
        IDeliveryHealth[] both = [classic.Services.GetRequiredService<IDeliveryHealth>(), consumer.Services.GetRequiredService<IDeliveryHealth>()];
        Task UntilAsync(string what, Func<GroupHealth, bool> holds) => Until.TrueAsync(what, s_patience, () => Task.FromResult(both.All(health => holds(health.Group!))), () => $"{both[0].Group} {both[1].Group}");

        await UntilAsync("membership", group => group is { Shares: 3, Trouble: null });
        broker.Server!.Kill();
        await UntilAsync("the trouble", group => group.Trouble?.Contains($"Kafka at {broker.Address}, group '{group.Name}'", StringComparison.Ordinal) == true);
        await broker.Server.StartAgainAsync();
        await UntilAsync("the end of the trouble", group => group is { Shares: 3, Trouble: null });
        await Task.WhenAll(classic.CrashAsync(), consumer.CrashAsync());
    }

    private Task<RunningDelivery> StartAsync(string broker, GroupProtocol protocol)
    {
        var kafka = new KafkaOptions { Servers = broker, Partitions = 1, Replicas = 1, SendTimeout = TimeSpan.FromSeconds(10) };
        var assignments = new AssignmentOptions { Kind = AssignmentKind.Kafka, Topic = $"specs-{protocol}", Group = $"workers-{protocol}", Partitions = 3, Protocol = protocol, DrainTime = TimeSpan.Zero };
        return RunningDelivery.StartAsync(Path.Combine(_delivery.Root, $"{protocol}"), TimeProvider.System, services => services
            .Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka }))).Replace(ServiceDescriptor.Singleton(Options.Create(assignments))));
    }

    private static string Statistics(string state, string step) => $$"""{ "name": "a client", "cgrp": { "state": "{{state}}", "stateage": 1, "join_state": "{{step}}", "rebalance_age": 1 } }""";
}
