namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What is wrong is named, with the reason and the fix, and the exit code tells scripts which kind of wrong it is.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-bad-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--Tape:Length=soon", "Tape:Length: soon -> cannot be read -> give a duration")]
    [InlineData("--Sessions:FrameQueue=0", "Sessions:FrameQueue: 0 -> out of bounds -> use 2 or more")]
    [InlineData("--Ingest:OpenTimeout=1.00:00:00", "Ingest:OpenTimeout: 1.00:00:00 -> outside its bounds")]
    [InlineData("--Grounding:Device=tpu", "Grounding:Device: 'tpu' -> out of bounds -> use cpu")]
    [InlineData("--Ingets:OpenTimeout=00:00:05", "did you mean Ingest?")]
    [InlineData("--Streams:a:QuerySets:0=chess", "Streams:a:QuerySets: chess -> no such query set")]
    public async Task An_invalid_setting_ends_the_start_with_78(string setting, string message)
    {
        var (code, _, error) = await DaemonProcess.RunAsync("run", "--Api:Port=0", "--Streams:a:Url=listen:key", "--Streams:a:Queries:q:Text=a goal", $"--Delivery:Directory={_folder}", setting);

        Assert.Equal(78, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_stream_at_all_ends_the_start_with_78()
    {
        var (code, _, error) = await DaemonProcess.RunAsync("run", "--Api:Enabled=false", $"--Delivery:Directory={_folder}");

        Assert.Equal(78, code);
        Assert.Contains("no stream is enabled -> add one", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_FFmpeg_is_named_with_its_fix()
    {
        var (code, _, error) = await DaemonProcess.RunAsync("run", "--Api:Port=0", "--Streams:a:Url=listen:key", "--Streams:a:Queries:q:Text=a goal", $"--Delivery:Directory={_folder}", $"--Ingest:FFmpegPath={_folder}");

        Assert.Equal(1, code);
        Assert.Contains("libavutil.so.59 (FFmpeg 7.1) is not in", error, StringComparison.Ordinal);
        Assert.Contains("install-native.sh", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtmp://127.0.0.1:1/live/key", "--Ingest:AllowPrivateAddresses=true", "127.0.0.1:1")]
    [InlineData("rtmp://127.0.0.1:1/live/key", "--Ingest:AllowPrivateAddresses=false", "Ingest:AllowPrivateAddresses")]
    [InlineData("gopher://example.com/x", "--Ingest:MaxStreams=16", "protocol 'gopher' is not allowed")]
    [InlineData("/nowhere/video.mp4", "--Ingest:MaxStreams=16", "/nowhere/video.mp4")]
    public async Task An_address_that_cannot_be_read_is_named(string url, string setting, string message)
    {
        var (code, _, error) = await DaemonProcess.RunAsync("probe", url, setting);

        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected failure", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_playlist_that_names_a_local_file_is_refused()
    {
        Assert.SkipWhen(Testing.NginxRtmp.WhyAbsent is not null, Testing.NginxRtmp.WhyAbsent ?? "");
        await using var nginx = await Testing.NginxRtmp.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(nginx.Files, "evil.m3u8"), "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");

        var (code, output, error) = await DaemonProcess.RunAsync("probe", nginx.Http("evil.m3u8"), "--Ingest:AllowPrivateAddresses=true");

        Assert.Equal(1, code);
        Assert.Contains("a playlist may not name", error, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", output + error, StringComparison.Ordinal);
    }
}
