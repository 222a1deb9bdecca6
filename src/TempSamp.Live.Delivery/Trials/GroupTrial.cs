using Confluent.Kafka;

namespace TempSamp.Live.Delivery;

/// <summary>Looks whether workers can share their streams: the topic of streams is there and forgets nothing, and the group answers. Joins nothing, so that nothing moves.</summary>
public static class GroupTrial
{
    /// <summary>Tries the group of the options.</summary>
    /// <returns>What is there, for people.</returns>
    /// <exception cref="TrialException">The reason is <c>forgets</c> or one of <see cref="KafkaFailure"/>.</exception>
    public static async Task<string> RunAsync(KafkaOptions kafka, AssignmentOptions assignments, CancellationToken cancel)
    {
        using var topics = new KafkaTopics(kafka);
        using var admin = new KafkaAdmin(kafka);
        try
        {
            var shares = await topics.EnsureCompactedAsync(assignments.Topic, assignments.Partitions, cancel);
            var groups = await admin.Calls.DescribeConsumerGroupsAsync([assignments.Group]);
            return $"the streams of topic '{assignments.Topic}' are in {shares} shares, and group '{assignments.Group}' has {groups.ConsumerGroupDescriptions[0].Members.Count} workers now";
        }
        catch (ChannelException error)
        {
            throw new TrialException(error.Reason, error.Message, error);
        }
        catch (KafkaException error)
        {
            var failure = KafkaFailure.Of(error.Error, kafka, assignments.Topic, error);
            throw new TrialException(failure.Reason, failure.Message, error);
        }
    }
}
