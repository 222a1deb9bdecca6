namespace TempSamp.Live.Testing;

/// <summary>A camera, the server between it and its players, and everything that can happen to the two. Each fault returns when the source is back.</summary>
public abstract class FaultLane : IAsyncDisposable
{
    private static readonly TimeSpan s_afterThaw = TimeSpan.FromSeconds(1);

    private ChildProcess? _camera;
    private CameraSettings _settings = new();
    private long _readyAt;

    /// <summary>Where the stream is pulled from.</summary>
    public abstract string Url { get; }

    /// <summary>The last time that the container can write before its times start again.</summary>
    public abstract TimeSpan Wrap { get; }

    /// <summary>Another video encoder, of the ffmpeg program, whose codec the container holds too.</summary>
    public abstract string OtherEncoder { get; }

    /// <summary>
    /// How long it takes from now until the source has what a player can go on with: its next key frame where the server keeps none for newcomers, the segment that
    /// this closes where none was closed in the meantime. By the camera's schedule; zero where that is there already.
    /// </summary>
    public virtual TimeSpan UntilPlayable => TimeSpan.Zero;

    /// <summary>The camera is cut off, and comes back after a while, perhaps set otherwise; its times start again.</summary>
    public async Task DropAsync(TimeSpan away, CameraSettings? backAs = null)
    {
        await StopCameraAsync().ConfigureAwait(false);
        await Task.Delay(away, TimeProvider.System).ConfigureAwait(false);
        await StartCameraAsync(backAs).ConfigureAwait(false);
    }

    /// <summary>The server is killed, and comes back after a while.</summary>
    public abstract Task RestartServerAsync(TimeSpan away);

    /// <summary>The camera hangs with its connection open, then goes on and catches up; one that has been given up begins anew.</summary>
    public async Task StallAsync(TimeSpan length)
    {
        _camera!.Freeze();
        await Task.Delay(length, TimeProvider.System).ConfigureAwait(false);
        _camera.Thaw();
        await Task.Delay(s_afterThaw, TimeProvider.System).ConfigureAwait(false);
        if (_camera.HasExited) await StartCameraAsync(null).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopCameraAsync().ConfigureAwait(false);
        await StopServerAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the camera and waits until the stream can be pulled.</summary>
    protected async Task StartCameraAsync(CameraSettings? settings)
    {
        (_camera, _settings) = (Open(settings), settings ?? new());
        await ReadyAsync(_camera).ConfigureAwait(false);
        _readyAt = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Time until the camera's next key frame.</summary>
    /// <param name="ahead">How much the camera had sent behind a key frame when it came up.</param>
    protected TimeSpan UntilKeyFrame(TimeSpan ahead)
    {
        var (apart, sent) = (_settings.KeyEvery / (double)LiveCamera.Rate, (TimeProvider.System.GetElapsedTime(_readyAt) + ahead).TotalSeconds);
        return TimeSpan.FromSeconds(apart - (sent % apart));
    }

    /// <summary>Cuts the camera off.</summary>
    protected async Task StopCameraAsync()
    {
        if (_camera is { } camera) await camera.DisposeAsync().ConfigureAwait(false);
        _camera = null;
    }

    /// <summary>Starts a camera.</summary>
    protected abstract ChildProcess Open(CameraSettings? settings);

    /// <summary>Waits until what a camera sends can be pulled.</summary>
    protected abstract Task ReadyAsync(ChildProcess camera);

    /// <summary>Stops the server for good.</summary>
    protected abstract ValueTask StopServerAsync();
}
