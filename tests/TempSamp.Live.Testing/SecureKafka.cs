using System.Globalization;

namespace TempSamp.Live.Testing;

/// <summary>A real Kafka broker with two doors: an open one, and one with TLS that asks for a name and a password.</summary>
public sealed class SecureKafka : IAsyncDisposable
{
    /// <summary>Who may come in.</summary>
    public const string User = "tempsamp", Password = "a-password-of-the-test";

    private readonly ToolServer _server;
    private readonly Dictionary<string, string> _variables;
    private readonly string _folder;
    private readonly int _securePort;

    private SecureKafka(ToolServer server, Dictionary<string, string> variables, string folder, int securePort) =>
        (_server, _variables, _folder, _securePort) = (server, variables, folder, securePort);

    /// <summary>The open door.</summary>
    public string OpenAddress => $"127.0.0.1:{_server.Port}";

    /// <summary>The door with TLS.</summary>
    public string Address => $"127.0.0.1:{_securePort}";

    /// <summary>PEM file of the certificates that the broker's comes from, the renewed one's too.</summary>
    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>Starts one; its certificate is valid from <paramref name="from"/> on for ten days, and there is a renewed one that is valid from yesterday on.</summary>
    public static async Task<SecureKafka> StartAsync(DateTimeOffset from)
    {
        var (securePort, root, variables) = (FreePort.Next(), "", new Dictionary<string, string> { ["HEAP"] = "256m" });
        var server = await ToolServer.StartAsync("kafka", (folder, port) =>
        {
            root = folder;
            var authorities = WriteKey(folder, "broker", from) + WriteKey(folder, "renewed", TimeProvider.System.GetUtcNow().AddDays(-1));
            File.WriteAllText(Path.Combine(folder, "authority.pem"), authorities);
            variables["EXTRA"] = Settings(port, securePort, Path.Combine(folder, "broker.key"), Password);
            return variables;
        }).ConfigureAwait(false);
        return new(server, variables, root, securePort);
    }

    /// <summary>Ends it and starts it again with the renewed certificate, and with another password for <see cref="User"/>.</summary>
    public async Task StartRenewedAsync(string password)
    {
        _server.Kill();
        _variables["EXTRA"] = Settings(_server.Port, _securePort, Path.Combine(_folder, "renewed.key"), password);
        await _server.StartAgainAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Writes a key with its certificate, as brokers want them in one file; gives the certificate.</summary>
    private static string WriteKey(string folder, string name, DateTimeOffset from)
    {
        var key = Path.Combine(folder, name + ".key");
        using var certificate = TestCertificates.SelfSigned(from, from.AddDays(10));
        var pem = File.ReadAllText(TestCertificates.Write(certificate, Path.Combine(folder, name + ".pem"), key));
        File.AppendAllText(key, pem);
        return pem;
    }

    private static string Settings(int port, int securePort, string keystore, string password) => string.Create(CultureInfo.InvariantCulture, $"""
        listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1},SECURE://127.0.0.1:{securePort}
        advertised.listeners=PLAINTEXT://127.0.0.1:{port},SECURE://127.0.0.1:{securePort}
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
        listener.name.secure.ssl.keystore.type=PEM
        listener.name.secure.ssl.keystore.location={keystore}
        listener.name.secure.sasl.enabled.mechanisms=PLAIN
        listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{User}="{password}";
        """);
}
