namespace TempSamp.Live.Testing;

/// <summary>A camera that publishes to an nginx of its own; players pull over RTMP.</summary>
public sealed class RtmpLane : FaultLane
{
    private const string Key = "lane";

    private readonly NginxRtmp _nginx;
    private readonly bool _keepsPlayers;

    private RtmpLane(NginxRtmp nginx, bool keepsPlayers) => (_nginx, _keepsPlayers) = (nginx, keepsPlayers);

    /// <inheritdoc/>
    public override string Url => _nginx.Rtmp(Key);

    /// <inheritdoc/>
    public override TimeSpan Wrap { get; } = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <inheritdoc/>
    public override string OtherEncoder => "flv";

    /// <inheritdoc/>
    public override TimeSpan UntilPlayable => _keepsPlayers ? TimeSpan.Zero : UntilKeyFrame(LiveCamera.Ahead);   // who stayed connected has had the first one

    /// <summary>Starts both and waits until the stream can be pulled.</summary>
    /// <param name="keepsPlayers">Whether players stay connected while nobody publishes: then a camera's restart is a jump inside one connection.</param>
    public static async Task<RtmpLane> StartAsync(bool keepsPlayers)
    {
        var lane = new RtmpLane(await NginxRtmp.StartAsync(keepsPlayers).ConfigureAwait(false), keepsPlayers);
        await lane.StartCameraAsync(null).ConfigureAwait(false);
        return lane;
    }

    /// <inheritdoc/>
    public override async Task RestartServerAsync(TimeSpan away)
    {
        await _nginx.StopAsync().ConfigureAwait(false);
        await StopCameraAsync().ConfigureAwait(false);
        await Task.Delay(away, TimeProvider.System).ConfigureAwait(false);
        await _nginx.StartAgainAsync().ConfigureAwait(false);
        await StartCameraAsync(null).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override ChildProcess Open(CameraSettings? settings) => LiveCamera.Start(Url, settings);

    /// <inheritdoc/>
    protected override Task ReadyAsync(ChildProcess camera) => _nginx.RtmpReadyAsync(Key);

    /// <inheritdoc/>
    protected override ValueTask StopServerAsync() => _nginx.DisposeAsync();
}
