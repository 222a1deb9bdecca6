using Confluent.Kafka;

namespace TempSamp.Live.Delivery;

/// <summary>What an error of Kafka means to whoever runs the service.</summary>
internal static class KafkaFailure
{
    /// <summary>An error as the channel's own, with its fix.</summary>
    /// <param name="error">What Kafka says.</param>
    /// <param name="options">Names the servers.</param>
    /// <param name="topic">The topic that it was about.</param>
    /// <param name="inner">The exception that carried it.</param>
    public static ChannelException Of(Error error, KafkaOptions options, string topic, Exception? inner) =>
        new($"Kafka at {options.Servers}, topic '{topic}': {Text(error)}", inner: inner) { Reason = ReasonOf(error.Code) };

    /// <summary>Short machine name: <c>unreachable</c>, <c>unknown-host</c>, <c>tls</c>, <c>login</c>, <c>rights</c>, <c>no-topic</c>, <c>copies</c>, <c>refused</c>.</summary>
    private static string ReasonOf(ErrorCode code) => code switch
    {
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => "no-topic",
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => "login",
        ErrorCode.Local_Ssl => "tls",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.GroupAuthorizationFailed => "rights",
        ErrorCode.Local_Resolve => "unknown-host",
        ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut => "unreachable",
        ErrorCode.InvalidReplicationFactor => "copies",
        _ => "refused",
    };

    private static string Text(Error error) => error.Code switch
    {
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => "the topic does not exist; create it, or set Events:Kafka:CreateTopics to true",
        ErrorCode.MsgSizeTooLarge => "the event is larger than the topic allows; raise max.message.bytes of the topic. The event is kept, and its stream waits behind it",
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed => $"the brokers do not accept the name or password ({error.Reason}); check Events:Kafka:User, Password and Mechanism",
        ErrorCode.Local_Ssl => $"the TLS connection fails ({error.Reason}); check Events:Kafka:Security and CertificateFile, and that the brokers' certificates have not expired",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed =>
            $"this user may not write there ({error.Reason}); grant Write and Describe on the topic, and IdempotentWrite on the cluster",
        ErrorCode.GroupAuthorizationFailed => $"this user may not take part in the group ({error.Reason}); grant Read and Describe on it",
        ErrorCode.Local_Resolve => $"a broker's name cannot be resolved ({error.Reason}); check Events:Kafka:Servers",
        ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut =>
            $"the brokers do not answer ({error.Reason}); check Events:Kafka:Servers and that they are up",
        ErrorCode.InvalidReplicationFactor => $"the topic cannot be made ({error.Reason}); lower Events:Kafka:Replicas",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => "too few brokers are up to keep the event safely; bring the others back",
        ErrorCode.ProducerFenced or ErrorCode.Local_Fenced or ErrorCode.InvalidProducerEpoch => "another worker publishes this stream now, so this one may not any more",
        _ => $"{error.Reason} ({error.Code})",
    };
}
