using System.Buffers;

namespace TempSamp.Live.Media.Tests;

public sealed class Amf0Tests
{
    [Fact]
    public void What_is_written_reads_back()
    {
        var body = new ArrayBufferWriter<byte>();
        Amf0.Write(body, "connect", 1.0, new Dictionary<string, object?> { ["app"] = "live", ["tcUrl"] = "rtmp://h/live", ["ok"] = true, ["none"] = null }, null, 31);

        var values = Amf0.ReadAll(body.WrittenSpan);

        Assert.Equal("connect", values[0]);
        Assert.Equal(1.0, values[1]);
        Assert.Equal(["live", "rtmp://h/live", true, null], Assert.IsType<Dictionary<string, object?>>(values[2]).Values);
        Assert.Null(values[3]);
        Assert.Equal(31.0, values[4]);
    }

    [Fact]
    public void The_other_types_of_encoders_are_read()
    {
        byte[] body =
        [
            8, 0, 0, 0, 1, 0, 1, (byte)'w', 0, 0x40, 0x94, 0, 0, 0, 0, 0, 0, 0, 0, 9, // ECMA array {w: 1280}
            10, 0, 0, 0, 2, 1, 1, 6, // [true, undefined]
            12, 0, 0, 0, 2, (byte)'h', (byte)'i', // long string
            11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // date
        ];

        var values = Amf0.ReadAll(body);

        Assert.Equal(1280.0, Assert.IsType<Dictionary<string, object?>>(values[0])["w"]);
        Assert.Equal([true, null], Assert.IsType<List<object?>>(values[1]));
        Assert.Equal("hi", values[2]);
        Assert.Equal(0.0, values[3]);
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 2 })]
    [InlineData(new byte[] { 2, 0xFF, 0xFF, 65 })]
    [InlineData(new byte[] { 12, 0xFF, 0xFF, 0xFF, 0xFF, 65 })]
    [InlineData(new byte[] { 10, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 3, 0, 1, 65, 5 })]
    [InlineData(new byte[] { 99 })]
    public void A_body_that_lies_about_its_size_or_type_is_refused(byte[] body) => Assert.Throws<RtmpException>(() => Amf0.ReadAll(body));

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var body = Enumerable.Repeat<byte[]>([3, 0, 1, 65], 10_000).SelectMany(level => level).ToArray();

        Assert.Throws<RtmpException>(() => Amf0.ReadAll(body));
    }
}
