namespace TempSamp.Live.Testing;

/// <summary>A real Kafka broker: the one that <c>KAFKA_BOOTSTRAP</c> names, else one of the tools folder.</summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    private KafkaBroker(string address, ToolServer? server) => (Address, Server) = (address, server);

    /// <summary>Why there is none; null when there is.</summary>
    public static string? WhyAbsent => Named is not null ? null : ToolServer.WhyAbsent("kafka") is { } why ? $"no Kafka broker: KAFKA_BOOTSTRAP is not set, and {why}" : null;

    private static string? Named => Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP") is { Length: > 0 } named ? named : null;

    /// <summary>Where clients begin.</summary>
    public string Address { get; }

    /// <summary>The broker's process; null when it is somebody else's.</summary>
    public ToolServer? Server { get; }

    /// <summary>Finds or starts it.</summary>
    public static async Task<KafkaBroker> StartAsync(bool ownOnly = false)
    {
        if (Named is { } named && !ownOnly) return new(named, null);
        var server = await ToolServer.StartAsync("kafka", (_, _) => new Dictionary<string, string> { ["HEAP"] = "256m" }).ConfigureAwait(false);
        return new($"127.0.0.1:{server.Port}", server);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
