using Confluent.Kafka;

namespace TempSamp.Live.Delivery;

/// <summary>The settings that every Kafka client of this worker shares.</summary>
internal static class KafkaClients
{
    /// <summary>Largest message that is sent; the brokers' own limit is lower and decides.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Heartbeats that may be missed before a worker is taken for dead.</summary>
    public const int HeartbeatsPerSession = 6;

    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    /// <summary>Servers, security and names.</summary>
    public static ClientConfig Common(KafkaOptions options) => new()
    {
        BootstrapServers = options.Servers,
        ClientId = "tempsamp-live",
        SecurityProtocol = options.Security switch
        {
            KafkaSecurity.Ssl => SecurityProtocol.Ssl,
            KafkaSecurity.SaslPlaintext => SecurityProtocol.SaslPlaintext,
            KafkaSecurity.SaslSsl => SecurityProtocol.SaslSsl,
            _ => SecurityProtocol.Plaintext,
        },
        SaslMechanism = options.Security is KafkaSecurity.SaslPlaintext or KafkaSecurity.SaslSsl
            ? options.Mechanism switch { "PLAIN" => SaslMechanism.Plain, "SCRAM-SHA-256" => SaslMechanism.ScramSha256, _ => SaslMechanism.ScramSha512 }
            : null,
        SaslUsername = options.User.Length > 0 ? options.User : null,
        SaslPassword = options.Password.Length > 0 ? options.Password : null,
        SslCaLocation = options.CertificateFile.Length > 0 ? options.CertificateFile : null,
        ReconnectBackoffMs = 100,
        ReconnectBackoffMaxMs = 2_000,
        SocketConnectionSetupTimeoutMs = 5_000,
        LogConnectionClose = false,
    };

    /// <summary>Reads topics from outside any group.</summary>
    public static ConsumerConfig Reader(KafkaOptions options) => new(Common(options))
    {
        GroupId = "tempsamp-live-reader",   // the client wants a name; nothing is ever committed under it
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
    };

    /// <summary>A member of the group of workers.</summary>
    public static ConsumerConfig Member(KafkaOptions options, AssignmentOptions assignments)
    {
        var member = new ConsumerConfig(Common(options))
        {
            GroupId = assignments.Group,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            StatisticsIntervalMs = (int)GroupMembership.Every.TotalMilliseconds,
            MaxPollIntervalMs = (int)(assignments.DrainTime + assignments.SessionTimeout + _margin).TotalMilliseconds,   // a drain holds up the next look
            SocketTimeoutMs = 10_000,
        };
        if (assignments.Protocol == GroupProtocol.Consumer)
        {
            member.GroupProtocol = Confluent.Kafka.GroupProtocol.Consumer;
            return member;
        }
        member.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        member.SessionTimeoutMs = (int)assignments.SessionTimeout.TotalMilliseconds;
        member.HeartbeatIntervalMs = (int)(assignments.SessionTimeout.TotalMilliseconds / HeartbeatsPerSession);
        return member;
    }

    /// <summary>A producer whose every message counts once it is on all brokers that must have it.</summary>
    /// <param name="options">Servers and security.</param>
    /// <param name="transactionalId">Fences off other producers of the same id; null for none.</param>
    public static ProducerConfig Producer(KafkaOptions options, string? transactionalId) => new(Common(options))
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 0,
        MessageTimeoutMs = (int)options.SendTimeout.TotalMilliseconds,
        RequestTimeoutMs = (int)Math.Min(options.SendTimeout.TotalMilliseconds, 10_000),
        MessageMaxBytes = MostBytes,
        TransactionalId = transactionalId,
        TransactionTimeoutMs = transactionalId is null ? null : (int)options.SendTimeout.TotalMilliseconds,
        StickyPartitioningLingerMs = 0,
        Partitioner = Partitioner.Murmur2Random,   // as the Java clients partition
    };
}
