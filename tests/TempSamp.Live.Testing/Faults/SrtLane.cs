using System.Globalization;

namespace TempSamp.Live.Testing;

/// <summary>A camera that is called over SRT, without a server in between: where the server restarts, it is the camera that does.</summary>
public sealed class SrtLane : FaultLane
{
    /// <summary>33 bits of 90 kHz.</summary>
    internal static readonly TimeSpan TransportStreamWrap = TimeSpan.FromSeconds((1L << 33) / 90_000.0);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly int _port = FreePort.NextUdp();

    private SrtLane()
    {
    }

    /// <inheritdoc/>
    public override string Url => $"srt://127.0.0.1:{_port}";

    /// <inheritdoc/>
    public override TimeSpan Wrap => TransportStreamWrap;

    /// <inheritdoc/>
    public override string OtherEncoder => "mpeg2video";

    /// <summary>Starts the camera and waits until it can be called.</summary>
    public static async Task<SrtLane> StartAsync()
    {
        var lane = new SrtLane();
        await lane.StartCameraAsync(null).ConfigureAwait(false);
        return lane;
    }

    /// <inheritdoc/>
    public override Task RestartServerAsync(TimeSpan away) => DropAsync(away);

    /// <inheritdoc/>
    protected override ChildProcess Open(CameraSettings? settings) => LiveCamera.Start($"{Url}?mode=listener", settings, "mpegts");

    /// <inheritdoc/>
    protected override Task ReadyAsync(ChildProcess camera)
    {
        ArgumentNullException.ThrowIfNull(camera);
        var socket = string.Create(CultureInfo.InvariantCulture, $":{_port:X4} ");
        return Until.TrueAsync("the camera can be called", s_patience, async () => (await File.ReadAllTextAsync("/proc/net/udp").ConfigureAwait(false)).Contains(socket, StringComparison.Ordinal), () => camera.Said);
    }

    /// <inheritdoc/>
    protected override ValueTask StopServerAsync() => ValueTask.CompletedTask;
}
