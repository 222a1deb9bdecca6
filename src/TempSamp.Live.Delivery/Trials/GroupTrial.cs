using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TempSamp.Live.Delivery;

/// <summary>Looks whether workers can share their streams: the topic of streams is there and forgets nothing, and the group answers. Joins nothing, so that nothing moves.</summary>
public static class GroupTrial
{
    /// <summary>How long a broker may take until it knows its groups: one that was just started reads them first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>How long one question may take: where the group's coordinator is only being chosen, a new question finds it sooner than an old one.</summary>
    private static readonly DescribeConsumerGroupsOptions Once = new() { RequestTimeout = TimeSpan.FromSeconds(10) };

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

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
            var workers = await WorkersAsync(admin, assignments.Group, TimeProvider.System, cancel);
            return $"the streams of topic '{assignments.Topic}' are in {shares} shares, and group '{assignments.Group}' has {workers} workers now";
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

    private static async Task<int> WorkersAsync(KafkaAdmin admin, string group, TimeProvider time, CancellationToken cancel)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            try
            {
                return (await admin.Calls.DescribeConsumerGroupsAsync([group], Once)).ConsumerGroupDescriptions[0].Members.Count;
            }
            catch (KafkaException error)
            {
                var own = error is DescribeConsumerGroupsException { Results.ConsumerGroupDescriptions: [{ Error: var said }] } ? said : error.Error;
                if (own.Code == ErrorCode.GroupIdNotFound) return 0;
                if (!IsPassing(own.Code) || time.GetElapsedTime(began) > Patience) throw new KafkaException(own, error);
            }
            await Task.Delay(Pause, time, cancel);
        }
    }

    private static bool IsPassing(ErrorCode code) => code is ErrorCode.Local_TimedOut or ErrorCode.GroupLoadInProgress or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup;
}
