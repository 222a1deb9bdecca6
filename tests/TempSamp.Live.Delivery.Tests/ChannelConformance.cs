using System.Net;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What every channel must do: all events arrive, each stream's in order, as valid CloudEvents, and a restart repeats none that was confirmed.</summary>
public abstract class ChannelConformance : IDisposable
{
    private const int Streams = 4, Sessions = 6;

    private static readonly CloudEventAttribute[] _extensions = [.. Partitioning.AllAttributes, .. Sequence.AllAttributes, CloudEventAttribute.CreateExtension("traceparent", CloudEventAttributeType.String)];

    protected DeliveryFixture Delivery { get; } = new();

    public virtual void Dispose()
    {
        Delivery.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Options with the channel on.</summary>
    protected abstract Task<EventsOptions> OptionsAsync();

    /// <summary>Every event that came out so far, oldest first in each stream.</summary>
    protected abstract Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count);

    [Fact]
    public async Task All_events_arrive_in_the_order_of_their_streams_and_a_restart_repeats_none()
    {
        var options = await OptionsAsync();
        IReadOnlyList<CloudEvent> received = [];
        for (var run = 0; run < 2; run++)
        {
            await using var running = await StartAsync(options);
            await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => Task.Run(async () =>
            {
                for (var session = run * Sessions; session < (run + 1) * Sessions; session++)
                {
                    await running.Events.PublishAsync(Delivery.Online($"s{stream}", session), default);
                    await running.Events.PublishAsync(Delivery.Detected($"c-{stream}-{session}", $"s{stream}"), default);
                    await running.Events.PublishAsync(Delivery.Failed($"c-{stream}-{session}") with { Plan = DeliveryFixture.Plan($"c-{stream}-{session}", $"s{stream}") }, default);
                    await running.Events.PublishAsync(Delivery.Offline($"s{stream}", session), default);
                }
            })));
            await running.Pumps.DrainAsync(default);
            received = await ReceivedAsync(running, Streams * Sessions * 4 * (run + 1));
        }

        Assert.Equal(Streams * Sessions * 4 * 2, received.Count);
        Assert.Equal(received.Count, received.Select(one => one.Id).Distinct().Count());
        foreach (var stream in received.GroupBy(one => (string)one["partitionkey"]!))
            foreach (var kind in stream.GroupBy(OrderedBy))
                Assert.Equal(kind.Select(one => (string)one["sequence"]!).Order(StringComparer.Ordinal), kind.Select(one => (string)one["sequence"]!));
        Assert.All(received, one =>
        {
            one.Validate();
            Assert.Equal($"/streams/{one["partitionkey"]}", one.Source!.ToString());
            Assert.Equal("application/json", one.DataContentType);
        });
    }

    /// <summary>What keeps its order: a stream; where a channel splits its events, the parts.</summary>
    protected virtual string OrderedBy(CloudEvent one) => "";

    protected Task<RunningDelivery> StartAsync(EventsOptions options) => RunningDelivery.StartAsync(Delivery.Root, TimeProvider.System, services => services
        .AddSingleton<ResolveAddress>(async (host, cancel) => await Dns.GetHostAddressesAsync(host, cancel))
        .Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(options))));

    protected static CloudEvent Read(ReadOnlyMemory<byte> structured) => new JsonEventFormatter().DecodeStructuredModeMessage(structured, null, _extensions);

    /// <summary>An event from attributes and payload.</summary>
    protected static CloudEvent Read(IEnumerable<(string Name, string Value)> attributes, string contentType, ReadOnlyMemory<byte> data)
    {
        var all = attributes.ToList();
        var one = new CloudEvent(CloudEventsSpecVersion.FromVersionId(all.Single(attribute => attribute.Name == "specversion").Value)!, _extensions) { DataContentType = contentType };
        foreach (var (name, value) in all.Where(attribute => attribute.Name != "specversion")) one.SetAttributeFromString(name, value);
        new JsonEventFormatter().DecodeBinaryModeEventData(data, one);
        return one;
    }
}

/// <summary>The journal.</summary>
public sealed class JournalChannelTests : ChannelConformance
{
    protected override Task<EventsOptions> OptionsAsync() => Task.FromResult(new EventsOptions());

    protected override Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count) => Task.FromResult(Delivery.Lines());
}

/// <summary>The feed that server-sent events are made of.</summary>
public sealed class FeedChannelTests : ChannelConformance
{
    protected override Task<EventsOptions> OptionsAsync() => Task.FromResult(new EventsOptions { Journal = false });

    protected override async Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count)
    {
        var writer = running.Services.GetRequiredService<CloudEventWriter>();
        var received = new List<CloudEvent>();
        await foreach (var told in running.Feed.ReadAsync(0, default))
        {
            received.Add(Read(writer.Structured(told)));
            if (received.Count == count) break;
        }
        return received;
    }
}
