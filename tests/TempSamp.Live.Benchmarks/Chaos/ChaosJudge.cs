using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Minio.DataModel.Args;
using TempSamp.Live.Contracts;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>What came out of a chaos run, judged from outside: from the broker and the bucket only.</summary>
/// <param name="Accepted">Clips whose announcement was safe.</param>
/// <param name="Ready">Clips told as ready.</param>
/// <param name="Failed">Clips told as failed, each with a reason.</param>
/// <param name="Lost">Accepted clips without an announcement, or without an end.</param>
/// <param name="Doubled">Clips with two ends, or with several ids for one, after the consumer's own dedupe.</param>
/// <param name="Untrue">Ready clips whose object is missing or differs.</param>
/// <param name="Reasonless">Failed clips without a reason.</param>
/// <param name="Disordered">Events that came after a later one of their stream.</param>
/// <param name="Repeats">Messages that the consumer's dedupe dropped.</param>
internal sealed record ChaosVerdict(int Accepted, int Ready, int Failed, int Lost, int Doubled, int Untrue, int Reasonless, int Disordered, int Repeats)
{
    /// <summary>Whether every promise was kept.</summary>
    public bool IsGood => Lost + Doubled + Untrue + Reasonless + Disordered == 0;
}

/// <summary>Reads all events and fetches every ready clip.</summary>
internal static class ChaosJudge
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    public static async Task<ChaosVerdict> JudgeAsync(ChaosPlan plan)
    {
        var all = await Task.Run(() => Read(plan));
        var seen = new HashSet<string>();
        var kept = all.Where(message => seen.Add(message.Id)).ToList();
        var disordered = kept.GroupBy(message => message.Stream).Sum(stream => stream.Zip(stream.Skip(1)).Count(pair => string.CompareOrdinal(pair.First.Sequence, pair.Second.Sequence) >= 0));

        var ends = kept.Where(message => message.Type is EventTypes.ClipReady or EventTypes.ClipFailed).ToLookup(message => message.Subject);
        var announced = kept.Where(message => message.Type == EventTypes.ClipDetected).Select(message => message.Subject).ToHashSet();
        var accepted = ChaosWorker.Numbers(plan);
        var ids = accepted.ToDictionary(number => ChaosPlan.Clip(number).Id, number => number);
        var ready = kept.Where(message => message.Type == EventTypes.ClipReady).ToList();
        return new(
            accepted.Count, ready.Count, kept.Count(message => message.Type == EventTypes.ClipFailed),
            ids.Keys.Count(id => !announced.Contains(id) || !ends.Contains(id)), ends.Count(end => end.Count() > 1),
            await CountUntrueAsync(plan, ready, ids), kept.Count(message => message.Type == EventTypes.ClipFailed && ReasonOf(message).Length == 0), disordered, all.Count - kept.Count);
    }

    private static string ReasonOf(Received message) => JsonSerializer.Deserialize(message.Data, ContractsJson.Default.ClipFailed)!.Failure.Reason;

    private static async Task<int> CountUntrueAsync(ChaosPlan plan, IReadOnlyList<Received> ready, Dictionary<string, int> ids)
    {
        var options = new StoreOptions { Kind = StoreKind.S3, Endpoint = plan.Endpoint, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey, Bucket = plan.Bucket };
        using var http = S3Connection.Http(options);
        using var client = S3Connection.Client(options, plan.Endpoint, http);
        var untrue = 0;
        foreach (var message in ready)
        {
            var main = JsonSerializer.Deserialize(message.Data, ContractsJson.Default.ClipReady)!.Media.Single(file => file.Role == "main");
            var content = ids.TryGetValue(message.Subject, out var number) ? plan.Content(number) : [];
            var held = "";
            try
            {
                await client.GetObjectAsync(new GetObjectArgs().WithBucket(plan.Bucket).WithObject(main.Uri[$"s3://{plan.Bucket}/".Length..])
                    .WithCallbackStream(async (stream, stop) => held = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, stop))));
            }
            catch (Minio.Exceptions.MinioException error)
            {
                await Console.Error.WriteLineAsync($"{main.Uri}: {error.Message}");
            }
            if (held != main.Sha256 || held != Convert.ToHexStringLower(SHA256.HashData(content)) || main.Bytes != content.Length) untrue++;
        }
        return untrue;
    }

    private static List<Received> Read(ChaosPlan plan)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(KafkaClients.Common(new() { Servers = plan.Brokers }))
        {
            GroupId = $"judge-{Guid.NewGuid():N}", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false, EnablePartitionEof = true,
        }).Build();
        consumer.Subscribe(plan.Topic);
        var messages = new List<Received>();
        var ended = new HashSet<int>();
        var quiet = TimeProvider.System.GetTimestamp();
        while (consumer.Assignment.Count == 0 || ended.Count < consumer.Assignment.Count || TimeProvider.System.GetElapsedTime(quiet) < s_silence)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } result) continue;
            if (result.IsPartitionEOF) ended.Add(result.Partition.Value);
            else messages.Add(new(Header(result.Message, "ce_id"), Header(result.Message, "ce_type"), Header(result.Message, "ce_subject"), Header(result.Message, "ce_partitionkey"), Header(result.Message, "ce_sequence"), result.Message.Value));
            quiet = TimeProvider.System.GetTimestamp();
        }
        consumer.Close();
        return messages;
    }

    private static string Header(Message<byte[], byte[]> message, string name) => Encoding.UTF8.GetString(message.Headers.GetLastBytes(name));

    private sealed record Received(string Id, string Type, string Subject, string Stream, string Sequence, byte[] Data);
}
