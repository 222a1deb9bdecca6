using System.IO.Pipelines;

namespace TempSamp.Live.Media.Tests;

public sealed class RtmpChunkReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_in_one_chunk_is_read()
    {
        var message = Assert.Single(await ReadAsync([.. Full(4, time: 1000, length: 3, RtmpType.Audio, stream: 1), 7, 8, 9]));

        Assert.Equal((RtmpType.Audio, 1, 1000u), (message.Type, message.StreamId, message.Timestamp));
        Assert.Equal([7, 8, 9], message.Payload.ToArray());
    }

    [Fact]
    public async Task A_message_of_many_chunks_is_joined_even_when_another_comes_between()
    {
        var video = Enumerable.Range(0, 300).Select(i => (byte)i).ToArray();

        var messages = await ReadAsync(
        [
            .. Full(6, 40, 300, RtmpType.Video, 1), .. video[..128],
            .. Full(4, 41, 1, RtmpType.Audio, 1), 99,
            0xC6, .. video[128..256], 0xC6, .. video[256..],
        ]);

        Assert.Equal([RtmpType.Audio, RtmpType.Video], messages.Select(m => m.Type));
        Assert.Equal(video, messages[1].Payload.ToArray());
    }

    [Fact]
    public async Task Shorter_headers_inherit_and_count_on()
    {
        var messages = await ReadAsync(
        [
            .. Full(4, 1000, 1, RtmpType.Audio, 1), 1,
            0x44, 0, 0, 20, 0, 0, 1, RtmpType.Audio, 2, // type 1: +20, new length
            0x84, 0, 0, 30, 3, // type 2: +30
            0xC4, 4, // type 3: +30 again
        ]);

        Assert.Equal([1000u, 1020u, 1050u, 1080u], messages.Select(m => m.Timestamp));
        Assert.All(messages, m => Assert.Equal(1, m.StreamId));
    }

    [Fact]
    public async Task Times_beyond_24_bits_are_read_in_every_chunk_of_their_message()
    {
        byte[] late = [0x01, 0x23, 0x45, 0x67];

        var message = Assert.Single(await ReadAsync([.. Full(6, 0xFFFFFF, 200, RtmpType.Video, 1), .. late, .. new byte[128], 0xC6, .. late, .. new byte[72]]));

        Assert.Equal(0x01234567u, message.Timestamp);
        Assert.Equal(200, message.Payload.Length);
    }

    [Fact]
    public async Task The_client_may_set_a_larger_chunk_size()
    {
        var messages = await ReadAsync([.. Full(2, 0, 4, RtmpType.SetChunkSize, 0), 0, 0, 16, 0, .. Full(6, 0, 1000, RtmpType.Video, 1), .. new byte[1000]]);

        Assert.Equal(1000, Assert.Single(messages).Payload.Length);
    }

    [Theory]
    [InlineData(0x40, 70)] // two-byte header
    [InlineData(0x41, 321)] // three-byte header
    public async Task High_chunk_stream_numbers_are_read(int kind, int id)
    {
        byte[] start = kind == 0x40 ? [0x00, (byte)(id - 64)] : [0x01, (byte)((id - 64) & 255), (byte)((id - 64) >> 8)];

        var message = Assert.Single(await ReadAsync([.. start, .. Full(0, 5, 1, RtmpType.Audio, 1)[1..], 42]));

        Assert.Equal([42], message.Payload.ToArray());
    }

    [Fact]
    public async Task An_aborted_message_is_dropped()
    {
        var messages = await ReadAsync(
        [
            .. Full(6, 0, 200, RtmpType.Video, 1), .. new byte[128],
            .. Full(2, 0, 4, RtmpType.Abort, 0), 0, 0, 0, 6,
            .. Full(6, 10, 1, RtmpType.Video, 1), 1,
        ]);

        Assert.Equal(10u, Assert.Single(messages).Timestamp);
    }

    [Fact]
    public async Task A_message_larger_than_the_bound_is_refused_before_it_is_sent() =>
        await Assert.ThrowsAsync<RtmpException>(() => ReadAsync(Full(6, 0, 0xFFFFFF, RtmpType.Video, 1)));

    [Fact]
    public async Task A_chunk_stream_that_starts_without_a_header_is_refused() => await Assert.ThrowsAsync<RtmpException>(() => ReadAsync([0xC6, 1, 2, 3]));

    [Fact]
    public async Task Too_many_chunk_streams_are_refused()
    {
        var flood = Enumerable.Range(3, 60).SelectMany(id => Full((byte)id, 0, 200, RtmpType.Video, 1).Concat(new byte[128])).ToArray();

        await Assert.ThrowsAsync<RtmpException>(() => ReadAsync(flood));
    }

    [Fact]
    public async Task A_connection_cut_in_a_message_is_told_from_one_closed_between_messages()
    {
        Assert.Empty(await ReadAsync([]));
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync([.. Full(6, 0, 100, RtmpType.Video, 1), 1, 2]));
    }

    private static byte[] Full(byte chunkStream, int time, int length, byte type, byte stream) =>
        [chunkStream, (byte)(time >> 16), (byte)(time >> 8), (byte)time, (byte)(length >> 16), (byte)(length >> 8), (byte)length, type, stream, 0, 0, 0];

    private static async Task<List<RtmpMessage>> ReadAsync(byte[] bytes)
    {
        var reader = new RtmpChunkReader(PipeReader.Create(new MemoryStream(bytes)));
        var messages = new List<RtmpMessage>();
        while (await reader.ReadAsync(Cancel) is { } message) messages.Add(message);
        return messages;
    }
}
