namespace TempSamp.Live.Delivery;

/// <summary>Looks whether the brokers answer and the topics are there; makes missing topics where that is wanted, as the daemon would.</summary>
public static class BrokerTrial
{
    /// <summary>Tries the brokers of the options.</summary>
    /// <returns>What is there, for people.</returns>
    /// <exception cref="TrialException">The reason is one of <see cref="KafkaFailure"/>: <c>unreachable</c>, <c>unknown-host</c>, <c>tls</c>, <c>login</c>, <c>no-topic</c>, <c>copies</c>, <c>refused</c>.</exception>
    public static async Task<string> RunAsync(KafkaOptions options, CancellationToken cancel)
    {
        using var topics = new KafkaTopics(options);
        try
        {
            await topics.LookAgainAsync(cancel);
        }
        catch (ChannelException error)
        {
            throw new TrialException(error.Reason, error.Message, error);
        }
        return $"{options} answers; topics '{options.ClipTopic}' and '{options.StreamTopic}' are there";
    }
}
