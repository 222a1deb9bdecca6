using System.Globalization;

namespace TempSamp.Live.Host;

/// <summary>The settings that the demo brings along: one listening stream on loopback that looks for the broadcast's events.</summary>
internal static class DemoSettings
{
    /// <summary>Id of the demo's stream.</summary>
    public const string StreamId = "demo";

    /// <summary>Stream key that the demo publishes with.</summary>
    public const string StreamKey = "demo";

    /// <summary>Calibrated presence from which a sighting of the bundled model counts; what it finds and errs at this and other thresholds is in the model's README.</summary>
    public const double Threshold = 0.8;

    /// <summary>Settings for a demo that writes to <paramref name="folder"/> and listens on <paramref name="port"/>; 0 picks a free one.</summary>
    public static Dictionary<string, string?> Of(DemoBroadcast broadcast, string folder, int port)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Logging:Level"] = "Warning",
            ["Logging:Levels:TempSamp.Live.Sessions.SessionSupervisor"] = "Error",   // that the stream ends and listens again is the plan here
            ["Delivery:Directory"] = folder,
            ["Api:Enabled"] = "false",
            ["Rtmp:Address"] = "127.0.0.1",
            ["Rtmp:Port"] = port.ToString(CultureInfo.InvariantCulture),
            [$"Streams:{StreamId}:Url"] = $"listen:{StreamKey}",
        };
        foreach (var (id, text) in broadcast.Queries)
        {
            settings[$"Streams:{StreamId}:Queries:{id}:Text"] = text;
            settings[$"Streams:{StreamId}:Queries:{id}:Threshold"] = Threshold.ToString(CultureInfo.InvariantCulture);
        }
        return settings;
    }
}
