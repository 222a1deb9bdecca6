using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class StreamProbeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-probe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_probe_tells_what_is_in_a_file()
    {
        var path = TestStream.Make(_folder, "clip.mp4", seconds: 4, gop: 45);

        var facts = await StreamProbe.ProbeAsync(path, TestStream.Local, TestContext.Current.CancellationToken);

        Assert.StartsWith("mov,mp4", facts.Container, StringComparison.Ordinal);
        Assert.Equal(4, facts.Duration!.Value.TotalSeconds, 0.1);
        Assert.Equal(1.5, facts.KeyFrameInterval!.Value.TotalSeconds, 0.01);
        Assert.True(facts.BitsPerSecond > 10_000);
        Assert.Equal(
            [new TrackFacts(TrackKind.Video, "h264", TestStream.Width, TestStream.Height, TestStream.Rate, 0, 0, 120), new TrackFacts(TrackKind.Audio, "aac", 0, 0, 0, 48_000, 1, facts.Tracks[1].Packets)],
            facts.Tracks);
    }

    [Fact]
    public async Task An_endpoint_to_publish_to_cannot_be_probed() =>
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<StreamException>(() => StreamProbe.ProbeAsync("listen:key", TestStream.Local, TestContext.Current.CancellationToken))).Reason);
}
