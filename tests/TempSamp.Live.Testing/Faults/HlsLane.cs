namespace TempSamp.Live.Testing;

/// <summary>
/// A camera that writes a sliding, dated HLS playlist, and a web server of its own that serves it. A camera that comes back goes on with the list behind a
/// discontinuity; a server that is away leaves the camera alone.
/// </summary>
public sealed class HlsLane : FaultLane
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly NginxRtmp _nginx;
    private string _listedBefore = "";

    private HlsLane(NginxRtmp nginx) => _nginx = nginx;

    /// <inheritdoc/>
    public override string Url => _nginx.Http("lane.m3u8");

    /// <inheritdoc/>
    public override TimeSpan Wrap { get; } = SrtLane.TransportStreamWrap;

    /// <inheritdoc/>
    public override string OtherEncoder => "mpeg2video";

    /// <inheritdoc/>
    /// <remarks>A segment is there when the next one's key frame closes it, as one did when the camera came up. Until then the list ends where the player stands.</remarks>
    public override TimeSpan UntilPlayable => File.ReadAllText(List) == _listedBefore ? UntilKeyFrame(TimeSpan.Zero) : TimeSpan.Zero;

    private string List => Path.Combine(_nginx.Files, "lane.m3u8");

    /// <summary>Starts both and waits until there are segments.</summary>
    public static async Task<HlsLane> StartAsync()
    {
        var lane = new HlsLane(await NginxRtmp.StartAsync().ConfigureAwait(false));
        await lane.StartCameraAsync(null).ConfigureAwait(false);
        return lane;
    }

    /// <inheritdoc/>
    public override async Task RestartServerAsync(TimeSpan away)
    {
        _listedBefore = await ReadAsync().ConfigureAwait(false);
        await _nginx.StopAsync().ConfigureAwait(false);
        await Task.Delay(away, TimeProvider.System).ConfigureAwait(false);
        await _nginx.StartAgainAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override ChildProcess Open(CameraSettings? settings) => LiveCamera.Start(List, settings, "hls",
        "-hls_time", "1", "-hls_list_size", "8", "-hls_flags", "append_list+omit_endlist+program_date_time+temp_file", "-hls_segment_filename", Path.Combine(_nginx.Files, "lane%d.ts"));

    /// <inheritdoc/>
    protected override async Task ReadyAsync(ChildProcess camera)
    {
        ArgumentNullException.ThrowIfNull(camera);
        var before = await ReadAsync().ConfigureAwait(false);
        await Until.TrueAsync("a new segment", s_patience, async () => await ReadAsync().ConfigureAwait(false) is { Length: > 0 } now && now != before, () => camera.Said).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override ValueTask StopServerAsync() => _nginx.DisposeAsync();

    private async Task<string> ReadAsync() => File.Exists(List) ? await File.ReadAllTextAsync(List).ConfigureAwait(false) : "";
}
