using Confluent.Kafka;

namespace TempSamp.Live.Delivery;

/// <summary>An admin client that remembers what it has met, because a call that runs out of time does not say why.</summary>
internal sealed class KafkaAdmin : IDisposable
{
    /// <summary>How often it is looked whether the client has met trouble meanwhile that waiting longer would not mend.</summary>
    private static readonly TimeSpan _slice = TimeSpan.FromSeconds(1);

    private Error? _trouble;

    /// <summary>Connects when it is first used.</summary>
    public KafkaAdmin(KafkaOptions options) => Calls =
        new AdminClientBuilder(new AdminClientConfig(KafkaClients.Common(options))).SetErrorHandler((_, error) => _trouble = IsTelling(_trouble) ? _trouble : error).SetLogHandler((_, _) => { }).Build();

    /// <summary>The client.</summary>
    public IAdminClient Calls { get; }

    /// <summary>Asks for a topic now; null where the answer does not speak of it.</summary>
    /// <exception cref="KafkaException">Nobody answers within the patience; the error is the reason where it is known.</exception>
    public TopicMetadata? Look(string topic, TimeSpan patience)
    {
        for (var waited = _slice; ; waited += _slice)
        {
            try
            {
                return Calls.GetMetadata(topic, _slice).Topics.FirstOrDefault(one => one.Topic == topic);
            }
            catch (KafkaException) when (!IsTelling(_trouble) && waited < patience)
            {
                // Nothing is known yet.
            }
            catch (KafkaException) when (_trouble is not null)   // the reason, and not only that time ran out
            {
                throw new KafkaException(_trouble);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Calls.Dispose();

    /// <summary>Whether an error says more than that nobody answers, which follows every other one.</summary>
    private static bool IsTelling(Error? error) => error is { Code: ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Ssl or ErrorCode.Local_Resolve };
}
