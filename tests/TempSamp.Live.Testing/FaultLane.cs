namespace TempSamp.Live.Testing;

/// <summary>A camera that publishes to an nginx of its own, and everything that can happen to the two. Each fault returns when the source is back.</summary>
public sealed class FaultLane : IAsyncDisposable
{
    private const string Key = "lane";

    private readonly NginxRtmp _nginx;
    private ChildProcess _camera;

    private FaultLane(NginxRtmp nginx, ChildProcess camera) => (_nginx, _camera) = (nginx, camera);

    /// <summary>Where the stream is pulled from.</summary>
    public string Url => _nginx.Rtmp(Key);

    /// <summary>Starts both and waits until the stream can be pulled.</summary>
    /// <param name="keepsPlayers">Whether players stay connected while nobody publishes: then a camera's restart is a jump inside one connection.</param>
    public static async Task<FaultLane> StartAsync(bool keepsPlayers)
    {
        var nginx = await NginxRtmp.StartAsync(keepsPlayers).ConfigureAwait(false);
        var lane = new FaultLane(nginx, LiveCamera.Start(nginx.Rtmp(Key)));
        await nginx.RtmpReadyAsync(Key).ConfigureAwait(false);
        return lane;
    }

    /// <summary>The camera is cut off, and comes back after a while, perhaps set otherwise; its times start again.</summary>
    public async Task DropAsync(TimeSpan away, CameraSettings? backAs = null)
    {
        await _camera.DisposeAsync().ConfigureAwait(false);
        await Task.Delay(away, TimeProvider.System).ConfigureAwait(false);
        await StartCameraAsync(backAs).ConfigureAwait(false);
    }

    /// <summary>The server is killed, and comes back after a while with the camera.</summary>
    public async Task RestartServerAsync(TimeSpan away)
    {
        await _nginx.StopAsync().ConfigureAwait(false);
        await _camera.DisposeAsync().ConfigureAwait(false);
        await Task.Delay(away, TimeProvider.System).ConfigureAwait(false);
        await _nginx.StartAgainAsync().ConfigureAwait(false);
        await StartCameraAsync(null).ConfigureAwait(false);
    }

    /// <summary>The camera hangs with its connection open, then goes on and catches up; one that the server has given up begins anew.</summary>
    public async Task StallAsync(TimeSpan length)
    {
        _camera.Freeze();
        await Task.Delay(length, TimeProvider.System).ConfigureAwait(false);
        _camera.Thaw();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System).ConfigureAwait(false);
        if (_camera.HasExited) await StartCameraAsync(null).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _camera.DisposeAsync().ConfigureAwait(false);
        await _nginx.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartCameraAsync(CameraSettings? settings)
    {
        _camera = LiveCamera.Start(_nginx.Rtmp(Key), settings);
        await _nginx.RtmpReadyAsync(Key).ConfigureAwait(false);
    }
}
