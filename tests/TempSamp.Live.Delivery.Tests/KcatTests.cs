using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What a consumer that is not ours reads: kcat from Debian, against the Kafka binding of CloudEvents 1.0.</summary>
public sealed class KcatTests(Servers servers) : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Theory]
    [InlineData(CloudEventMode.Binary)]
    [InlineData(CloudEventMode.Structured)]
    public async Task Messages_are_CloudEvents_for_a_consumer_that_is_not_ours(CloudEventMode mode)
    {
        Assert.SkipWhen(ChildProcess.Find("kcat") is null, "kcat is not installed: bash deploy/install-native.sh --dev");
        var topic = $"kcat-{Environment.ProcessId}-{mode}";
        var kafka = new KafkaOptions { Servers = (await servers.KafkaAsync()).Address, ClipTopic = topic, StreamTopic = topic, Partitions = 1, Replicas = 1, Mode = mode };
        await using var running = await _delivery.StartAsync(services => services.Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(new EventsOptions { Journal = false, Kafka = kafka }))));
        await running.Events.PublishAsync(_delivery.Online(), default);
        await running.DeliverAsync(_delivery.Detected());
        await running.Events.PublishAsync(_delivery.Detected("c2"), default);
        await running.Events.PublishAsync(_delivery.Failed("c2"), default);
        await running.Events.PublishAsync(_delivery.Offline(), default);
        await running.Pumps.DrainAsync(default);

        var told = running.State.Read(db => EventTable.After(db, 0, 100));
        var messages = await ReadAsync(kafka.Servers, topic);

        Assert.Equal(6, told.Count);
        Assert.Equal(told.Count, messages.Count);
        foreach (var (one, message) in told.Zip(messages))
        {
            Assert.Equal("match", message.GetProperty("key").GetString());
            var headers = message.GetProperty("headers").EnumerateArray().Select(part => part.GetString()!).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
            var payload = Encoding.UTF8.GetBytes(message.GetProperty("payload").GetString()!);
            if (mode == CloudEventMode.Binary) CheckBinary(one, headers, payload);
            else CheckStructured(one, headers, payload);
        }
    }

    /// <summary>Section 3.2: the data are the value, the attributes are headers <c>ce_</c> in UTF-8, their content type is <c>content-type</c>.</summary>
    private static void CheckBinary(ToldEvent told, Dictionary<string, string> headers, byte[] payload)
    {
        Assert.Equal(told.Data.ToArray(), payload);
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["ce_id"] = told.Id, ["ce_partitionkey"] = told.StreamId, ["ce_sequence"] = $"{told.Sequence:D20}", ["ce_source"] = "/streams/match", ["ce_specversion"] = "1.0",
                ["ce_subject"] = told.Subject, ["ce_time"] = "2026-01-01T12:05:00Z", ["ce_type"] = told.Type, ["content-type"] = "application/json",
            },
            new SortedDictionary<string, string>(headers, StringComparer.Ordinal));
    }

    /// <summary>Section 3.3: the whole event is the value, in the JSON format, and <c>content-type</c> says so.</summary>
    private static void CheckStructured(ToldEvent told, Dictionary<string, string> headers, byte[] payload)
    {
        Assert.Equal(["content-type"], headers.Keys);
        Assert.Equal("application/cloudevents+json; charset=UTF-8", headers["content-type"]);
        var read = new JsonEventFormatter().DecodeStructuredModeMessage(payload, null, [.. Partitioning.AllAttributes, .. Sequence.AllAttributes]).Validate();
        Assert.Equal((told.Id, told.Type, told.Subject, "/streams/match"), (read.Id, read.Type, read.Subject, read.Source!.ToString()));
        Assert.Equal(told.Data.ToArray(), Encoding.UTF8.GetBytes(JsonDocument.Parse(payload).RootElement.GetProperty("data").GetRawText()));
    }

    /// <summary>All messages of a topic, each as kcat's JSON.</summary>
    private static async Task<IReadOnlyList<JsonElement>> ReadAsync(string servers, string topic)
    {
        using var kcat = Process.Start(new ProcessStartInfo("kcat", ["-b", servers, "-t", topic, "-C", "-o", "beginning", "-e", "-q", "-J"]) { RedirectStandardOutput = true })!;
        var said = await kcat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kcat.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kcat.ExitCode);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
