using System.Buffers;
using System.Buffers.Binary;

namespace TempSamp.Live.Media.Tests;

public sealed class RtmpSessionTests
{
    private const int FileHeader = 13, TagHeader = 11, TagTrailer = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_encoder_sends_becomes_an_FLV_stream()
    {
        await using var endpoint = new Endpoint();
        using var client = await StartAsync(endpoint);
        var waiting = endpoint.Listener.WaitForPublisherAsync("key", Cancel);
        await client.PublishAsync("key?token=1");
        Assert.Equal("NetStream.Publish.Start", RtmpClient.Code(await client.ExpectAsync("onStatus")));
        using var pipe = await waiting;

        await client.SendAsync(RtmpType.DataAmf0, Values("@setDataFrame", "onMetaData", new Dictionary<string, object?> { ["width"] = 640 }));
        await client.SendAsync(RtmpType.Video, new byte[] { 0x17, 0, 1, 2, 3 });
        await client.SendAsync(RtmpType.Aggregate, (byte[])[.. Tag(RtmpType.Audio, 500, [0xAF, 1]), .. Tag(RtmpType.Audio, 523, [0xAF, 2])]);
        await client.CommandAsync("deleteStream", 6, null, 1);

        var tags = Parse(await ReadAllAsync(pipe));
        Assert.Equal([RtmpType.DataAmf0, RtmpType.Video, RtmpType.Audio, RtmpType.Audio], tags.Select(t => t.Type));
        Assert.Equal([0u, 0u, 0u, 23u], tags.Select(t => t.Time));
        Assert.Equal("onMetaData", Amf0.ReadAll(tags[0].Body)[0]);
        Assert.Equal([0x17, 0, 1, 2, 3], tags[1].Body);
        Assert.Equal([0xAF, 2], tags[3].Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_publisher_is_heard_out_after_its_first_word_of_farewell(bool saysTheLast)
    {
        await using var endpoint = new Endpoint();
        using var client = await StartAsync(endpoint);
        var waiting = endpoint.Listener.WaitForPublisherAsync("key", Cancel);
        await client.PublishAsync("key");
        using var pipe = await waiting;

        await client.CommandAsync("FCUnpublish", 5, null, "key");
        await client.SendAsync(RtmpType.UserControl, new byte[] { 0, 6, 1, 2, 3, 4 });
        Assert.Equal([0, 7, 1, 2, 3, 4], await client.ExpectAsync(RtmpType.UserControl, second: 7));
        if (saysTheLast) await client.CommandAsync("deleteStream", 6, null, 1);
        else client.Dispose();

        await ReadAllAsync(pipe);
        Assert.True(pipe.HasSaidFarewell);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_own_number()
    {
        await using var endpoint = new Endpoint();
        using var client = await StartAsync(endpoint);

        await client.SendAsync(RtmpType.UserControl, new byte[] { 0, 6, 1, 2, 3, 4 });

        Assert.Equal([0, 7, 1, 2, 3, 4], await client.ExpectAsync(RtmpType.UserControl, second: 7));
    }

    [Fact]
    public async Task An_unknown_key_is_answered_with_BadName()
    {
        await using var endpoint = new Endpoint();
        using var client = await StartAsync(endpoint);

        await client.PublishAsync("other");

        Assert.Equal("NetStream.Publish.BadName", RtmpClient.Code(await client.ExpectAsync("onStatus")));
        await Assert.ThrowsAsync<EndOfStreamException>(() => client.ExpectAsync("onStatus"));
    }

    [Fact]
    public async Task A_publisher_of_a_known_key_is_kept_until_its_stream_is_back()
    {
        await using var endpoint = new Endpoint(new RtmpOptions { Patience = TimeSpan.FromMinutes(1) });
        using var client = await StartAsync(endpoint);
        await client.PublishAsync("key");

        using var pipe = await endpoint.Listener.WaitForPublisherAsync("key", Cancel);

        Assert.Equal("NetStream.Publish.Start", RtmpClient.Code(await client.ExpectAsync("onStatus")));
    }

    [Fact]
    public async Task A_stream_that_stops_sends_its_publisher_away_and_frees_the_key()
    {
        await using var endpoint = new Endpoint(new RtmpOptions { Patience = TimeSpan.FromMinutes(1) });
        for (var visit = 0; visit < 2; visit++)
        {
            using var client = await StartAsync(endpoint);
            var waiting = endpoint.Listener.WaitForPublisherAsync("key", Cancel);
            await client.PublishAsync("key");

            (await waiting).Dispose();

            Assert.Equal("NetStream.Publish.Start", RtmpClient.Code(await client.ExpectAsync("onStatus")));
            await Assert.ThrowsAsync<EndOfStreamException>(() => client.ExpectAsync("onStatus"));
        }
    }

    [Fact]
    public async Task Playing_is_refused()
    {
        await using var endpoint = new Endpoint();
        using var client = await StartAsync(endpoint);

        await client.CommandAsync("play", 2, null, "key");

        await Assert.ThrowsAsync<EndOfStreamException>(() => client.ExpectAsync("onStatus"));
        await endpoint.LogsAsync("only takes publishers");
    }

    private static Task<RtmpClient> StartAsync(Endpoint endpoint)
    {
        endpoint.Listener.Expect("key");
        return RtmpClient.ConnectAsync(endpoint.Listener.Endpoint!);
    }

    private static ReadOnlyMemory<byte> Values(params object?[] values)
    {
        var body = new ArrayBufferWriter<byte>();
        Amf0.Write(body, values);
        return body.WrittenMemory;
    }

    private static byte[] Tag(byte type, int time, byte[] body) =>
        [type, 0, 0, (byte)body.Length, (byte)(time >> 16), (byte)(time >> 8), (byte)time, 0, 0, 0, 0, .. body, 0, 0, 0, (byte)(TagHeader + body.Length)];

    private static async Task<byte[]> ReadAllAsync(FlvPipe pipe)
    {
        await using var from = pipe.OpenRead(new Deadline(TimeProvider.System, Cancel));
        using var all = new MemoryStream();
        await from.CopyToAsync(all, Cancel);
        return all.ToArray();
    }

    private static List<(byte Type, uint Time, byte[] Body)> Parse(byte[] flv)
    {
        var tags = new List<(byte, uint, byte[])>();
        for (var at = FileHeader; at < flv.Length;)
        {
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(flv.AsSpan(at)) & 0xFFFFFF);
            var time = (BinaryPrimitives.ReadUInt32BigEndian(flv.AsSpan(at + 4)) >> 8) | ((uint)flv[at + 7] << 24);
            tags.Add((flv[at], time, flv[(at + TagHeader)..(at + TagHeader + length)]));
            at += TagHeader + length + TagTrailer;
        }

        return tags;
    }
}
