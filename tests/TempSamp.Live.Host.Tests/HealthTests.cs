using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace TempSamp.Live.Host.Tests;

public class HealthTests
{
    [Fact]
    public void A_clock_before_the_build_is_a_failure_with_a_fix()
    {
        var finding = HealthChecks.Clock(new FakeTimeProvider(new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)));

        Assert.Equal(FindingState.Failed, finding.State);
        Assert.NotNull(finding.Fix);
    }

    [Fact]
    public void A_right_clock_is_well() => Assert.Equal(FindingState.Good, HealthChecks.Clock(TimeProvider.System).State);

    [Fact]
    public async Task A_store_in_a_folder_that_cannot_be_made_is_a_failure_with_a_fix()
    {
        using var folder = new TempFolder();
        var file = folder.Write("file", "");

        var finding = await StoreChecks.FolderAsync(With("Delivery:Directory", Path.Combine(file, "store")));

        Assert.Equal(FindingState.Failed, finding.State);
        Assert.Contains("Delivery:Directory", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_takes_files_is_well_and_left_empty()
    {
        using var folder = new TempFolder();

        var finding = await StoreChecks.FolderAsync(With("Delivery:Directory", folder.Path));

        Assert.Equal(FindingState.Good, finding.State);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(true, "Failed")]
    [InlineData(false, "Note")]
    public void A_taken_port_fails_only_where_a_stream_listens(bool listens, string state)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var finding = NetworkChecks.RtmpPort(With("Rtmp:Address", "127.0.0.1", "Rtmp:Port", port, "Streams:a:Url", listens ? "listen:key" : "a.mp4"));

        Assert.Equal(state, finding.State.ToString());
        Assert.Contains("Rtmp:Port", finding.Fix, StringComparison.Ordinal);
    }

    private static IConfigurationRoot With(params string[] pairs) =>
        new ConfigurationBuilder().AddInMemoryCollection(pairs.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))).Build();
}
