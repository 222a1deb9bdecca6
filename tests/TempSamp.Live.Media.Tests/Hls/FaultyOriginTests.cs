using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>A live origin that misbehaves in one way at a time, as the fault server of the shared tools does.</summary>
public sealed class FaultyOriginTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-faults-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ok")]
    [InlineData("e500")]
    [InlineData("m404")]
    [InlineData("reset")]
    [InlineData("stale")]
    [InlineData("drip")]
    [InlineData("ssrf")]
    [InlineData("redir")]
    [InlineData("lfi")]
    [InlineData("lfi2")]
    [InlineData("keyssrf")]
    public async Task A_server_may_misbehave(string mode)
    {
        var server = SharedData.Media is null ? null : Path.Combine(SharedData.Media, "..", "tools", "hls-faults", "server.py");
        Assert.SkipWhen(server is null || !File.Exists(server) || ChildProcess.Find("python3") is null, "The fault server (../shared/tools/hls-faults) or python3 is not here.");
        var source = TestStream.Make(_folder, "source.mp4", seconds: 20, bFrames: 0);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-hls_segment_filename", Path.Combine(_folder, "s%d.ts"), Path.Combine(_folder, "all.m3u8"));
        var port = FreePort.Next();
        await using var running = ChildProcess.Start("python3", server!, $"{port}", _folder);
        using var http = new HttpClient();
        await Until.TrueAsync("the fault server answers", TimeSpan.FromMinutes(1), async () =>
        {
            try
            {
                return (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/ok/x.m3u8"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => running.Said);

        var read = new Recording();
        StreamException? end = null;
        try
        {
            read = await Recording.OfAsync($"http://127.0.0.1:{port}/{mode}/x.m3u8", TestStream.Local with { OpenTimeout = TimeSpan.FromSeconds(5) }, enough: r => r.Frames.Count >= (mode is "e500" or "stale" ? 22 : 12));
        }
        catch (StreamException e)
        {
            end = e;
        }

        Assert.Equal(mode switch { "stale" => "silent", "drip" => "silent", "ssrf" or "redir" or "keyssrf" => "unreachable", "lfi" or "lfi2" => "forbidden", _ => null }, end?.Reason);
        if (end is not null) return;
        Assert.Equal(mode is "m404" or "reset", read.Notes.Any(n => n.Kind == "segment"));
        Assert.Equal(Enumerable.Range(0, read.Frames.Count), read.Frames.Select(f => (int)f.Slot));
    }
}
