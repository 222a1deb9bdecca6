using System.Net;
using System.Net.Sockets;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    public async Task Addresses_that_are_not_public_are_refused(string address)
    {
        var guard = new AddressGuard(new IngestOptions(), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));

        var refusal = await Assert.ThrowsAsync<StreamException>(() => guard.ResolveAsync("host.example", TestContext.Current.CancellationToken));

        Assert.Equal("forbidden", refusal.Reason);
        Assert.Contains("AllowPrivateAddresses", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700:4700::1111")]
    public void Public_addresses_are_allowed(string address) => Assert.Null(AddressRange.NonPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task Only_the_allowed_addresses_of_a_name_are_connected_to()
    {
        IPAddress[] both = [IPAddress.Loopback, IPAddress.Parse("93.184.216.34")];
        var guard = new AddressGuard(new IngestOptions(), (_, _) => Task.FromResult(both));

        Assert.Equal([both[1]], await guard.ResolveAsync("host.example", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Private_addresses_can_be_allowed()
    {
        var guard = new AddressGuard(new IngestOptions { AllowPrivateAddresses = true });

        Assert.Equal([IPAddress.Loopback], await guard.ResolveAsync("127.0.0.1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable()
    {
        var guard = new AddressGuard(new IngestOptions(), (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var failure = await Assert.ThrowsAsync<StreamException>(() => guard.ResolveAsync("nowhere.example", TestContext.Current.CancellationToken));

        Assert.Equal("unreachable", failure.Reason);
        Assert.Contains("nowhere.example", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtmp://127.0.0.1/live/key")]
    [InlineData("rtmp://localhost/live/key")]
    [InlineData("http://127.0.0.1/a.m3u8")]
    [InlineData("http://2130706433/a.m3u8")]
    [InlineData("http://0x7f.1/a.m3u8")]
    [InlineData("http://[::1]/a.m3u8")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://public.example@127.0.0.1/a.m3u8")]
    public async Task A_stream_at_such_an_address_is_refused_before_anything_is_connected(string url)
    {
        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(url, new IngestOptions()));

        Assert.Equal("forbidden", refusal.Reason);
    }
}
