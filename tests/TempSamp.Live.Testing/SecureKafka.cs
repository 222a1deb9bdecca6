using System.Globalization;

namespace TempSamp.Live.Testing;

/// <summary>A real Kafka broker with two doors: an open one, and one with TLS that asks for a name and a password.</summary>
public sealed class SecureKafka : IAsyncDisposable
{
    /// <summary>Who may come in.</summary>
    public const string User = "tempsamp", Password = "a-password-of-the-test";

    private readonly ToolServer _server;

    private SecureKafka(ToolServer server, int securePort, string authority) => (_server, Address, AuthorityFile) = (server, $"127.0.0.1:{securePort}", authority);

    /// <summary>The open door.</summary>
    public string OpenAddress => $"127.0.0.1:{_server.Port}";

    /// <summary>The door with TLS.</summary>
    public string Address { get; }

    /// <summary>PEM file of the certificate that the broker's comes from.</summary>
    public string AuthorityFile { get; }

    /// <summary>Starts one; its certificate is valid from <paramref name="from"/> on for ten days.</summary>
    public static async Task<SecureKafka> StartAsync(DateTimeOffset from)
    {
        var securePort = FreePort.Next();
        var authority = "";
        var server = await ToolServer.StartAsync("kafka", (folder, port) =>
        {
            using var certificate = TestCertificates.SelfSigned(from, from.AddDays(10));
            authority = TestCertificates.Write(certificate, Path.Combine(folder, "broker.pem"), Path.Combine(folder, "broker.key"));
            File.AppendAllText(Path.Combine(folder, "broker.key"), File.ReadAllText(authority));
            return new Dictionary<string, string> { ["HEAP"] = "256m", ["EXTRA"] = Settings(port, securePort, Path.Combine(folder, "broker.key")) };
        }).ConfigureAwait(false);
        return new(server, securePort, authority);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Settings(int port, int securePort, string keystore) => string.Create(CultureInfo.InvariantCulture, $"""
        listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1},SECURE://127.0.0.1:{securePort}
        advertised.listeners=PLAINTEXT://127.0.0.1:{port},SECURE://127.0.0.1:{securePort}
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
        listener.name.secure.ssl.keystore.type=PEM
        listener.name.secure.ssl.keystore.location={keystore}
        listener.name.secure.sasl.enabled.mechanisms=PLAIN
        listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{User}="{Password}";
        """);
}
