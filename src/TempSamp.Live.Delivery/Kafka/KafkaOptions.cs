namespace TempSamp.Live.Delivery;

/// <summary>How an event becomes a message.</summary>
public enum CloudEventMode
{
    /// <summary>The payload is the value, the attributes are headers <c>ce_*</c>.</summary>
    Binary,

    /// <summary>The whole event is one JSON value.</summary>
    Structured,
}

/// <summary>How the connection to the brokers is protected.</summary>
public enum KafkaSecurity
{
    /// <summary>Not at all.</summary>
    Plaintext,

    /// <summary>TLS.</summary>
    Ssl,

    /// <summary>Name and password over a plain connection.</summary>
    SaslPlaintext,

    /// <summary>Name and password over TLS.</summary>
    SaslSsl,
}

/// <summary>Events to Kafka. Section <c>Events:Kafka</c>.</summary>
public sealed record KafkaOptions
{
    /// <summary>Brokers to begin with, such as <c>kafka-1:9092,kafka-2:9092</c>. Default none: off.</summary>
    public string Servers { get; init; } = "";

    /// <summary>Topic of clip events. Default <c>tempsamp.highlight.clips.v1</c>.</summary>
    public string ClipTopic { get; init; } = Contracts.Topics.Clips;

    /// <summary>Topic of stream events. Default <c>tempsamp.highlight.streams.v1</c>.</summary>
    public string StreamTopic { get; init; } = Contracts.Topics.Streams;

    /// <summary>How an event becomes a message. Default binary.</summary>
    public CloudEventMode Mode { get; init; }

    /// <summary>Whether missing topics are made. Default true.</summary>
    public bool CreateTopics { get; init; } = true;

    /// <summary>Partitions of topics made here. Default 8, from 1.</summary>
    public int Partitions { get; init; } = 8;

    /// <summary>Copies of topics made here. Default 0: as the brokers are set.</summary>
    public int Replicas { get; init; }

    /// <summary>How the connection is protected. Default not at all.</summary>
    public KafkaSecurity Security { get; init; }

    /// <summary>How name and password are sent: <c>PLAIN</c>, <c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-512</c>. Default <c>SCRAM-SHA-512</c>.</summary>
    public string Mechanism { get; init; } = "SCRAM-SHA-512";

    /// <summary>Name for SASL.</summary>
    public string User { get; init; } = "";

    /// <summary>Password for SASL. Best given as a variable or a secret file.</summary>
    public string Password { get; init; } = "";

    /// <summary>File of certificates, in PEM, that the brokers' certificates come from. Default the system's.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>Longest wait for the brokers to confirm an event before it is tried again. Default 30 s, from 1 s to 10 min.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the channel is on.</summary>
    internal bool IsOn => Servers.Length > 0;

    /// <summary>Without the password.</summary>
    public override string ToString() => IsOn ? $"Kafka at {Servers}" : "off";

    internal void Check(Faults faults)
    {
        if (!IsOn) return;
        faults.Bound(Servers.Split(',').All(IsServer), "Kafka:Servers", Servers, "HOST:PORT,HOST:PORT,...");
        faults.Bound(IsTopic(ClipTopic), "Kafka:ClipTopic", ClipTopic, "1 to 249 letters, digits, dots, dashes and underscores");
        faults.Bound(IsTopic(StreamTopic), "Kafka:StreamTopic", StreamTopic, "1 to 249 letters, digits, dots, dashes and underscores");
        faults.Bound(Partitions >= 1, "Kafka:Partitions", Partitions, "1 or more");
        faults.Bound(Replicas >= 0, "Kafka:Replicas", Replicas, "0 or more");
        faults.Bound(SendTimeout >= TimeSpan.FromSeconds(1) && SendTimeout <= TimeSpan.FromMinutes(10), "Kafka:SendTimeout", SendTimeout, "00:00:01 to 00:10:00");
        faults.Bound(Mechanism is "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512", "Kafka:Mechanism", Mechanism, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
        faults.Certificates("Kafka:CertificateFile", CertificateFile);
        if (Security is KafkaSecurity.Plaintext or KafkaSecurity.Ssl && User.Length > 0)
            faults.Add("Kafka:Security", Security, "a name is set that would not be sent", "set Events:Kafka:Security to SaslSsl, or to SaslPlaintext for a connection that nobody can listen to");
        if (Security is KafkaSecurity.SaslPlaintext or KafkaSecurity.SaslSsl && (User.Length == 0 || Password.Length == 0))
            faults.Add("Kafka:Password", "(empty)", "SASL needs a name and a password", "set Events:Kafka:User and TEMPSAMP_Events__Kafka__Password, or TEMPSAMP_Events__Kafka__Password_FILE to a file that holds it");
    }

    private static bool IsServer(string server) =>
        server.Trim().LastIndexOf(':') is var colon and > 0 && int.TryParse(server.Trim().AsSpan(colon + 1), out var port) && port is > 0 and < 65536;

    internal static bool IsTopic(string name) =>
        name.Length is >= 1 and <= 249 && name is not ("." or "..") && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
}
