using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Who decides which streams a worker runs.</summary>
public enum AssignmentKind
{
    /// <summary>Nobody: it runs all of its own settings.</summary>
    Static,

    /// <summary>Kafka: workers of one group share the streams.</summary>
    Kafka,
}

/// <summary>How the workers of a group agree.</summary>
public enum GroupProtocol
{
    /// <summary>Members lay out the shares themselves (cooperative-sticky): any broker.</summary>
    Classic,

    /// <summary>The broker lays them out (<c>group.protocol=consumer</c>): Kafka 4 and newer, whose <c>group.consumer.session.timeout.ms</c> takes the place of <see cref="AssignmentOptions.SessionTimeout"/>.</summary>
    Consumer,
}

/// <summary>Which streams this worker runs. Section <c>Assignments</c>. Kafka is the one of <c>Events:Kafka</c>: only there can a new owner fence off the old one.</summary>
public sealed record AssignmentOptions
{
    /// <summary>Who decides. Default static.</summary>
    public AssignmentKind Kind { get; init; }

    /// <summary>
    /// Compacted topic of streams, keyed by stream id; <c>tempsamp-live streams</c> reads and writes it. Each partition is a share of the streams that moves
    /// between workers as a whole, with one producer each, so a few times the number of workers is enough. Default <c>tempsamp.highlight.specs.v1</c>.
    /// </summary>
    public string Topic { get; init; } = "tempsamp.highlight.specs.v1";

    /// <summary>Partitions of the topic when it is made here. Default 16, from 1. To change it later: stop all workers, delete the topic, publish the streams again.</summary>
    public int Partitions { get; init; } = 16;

    /// <summary>Name that workers which share streams have in common. Default <c>tempsamp-live</c>.</summary>
    public string Group { get; init; } = "tempsamp-live";

    /// <summary>How they agree. Default classic.</summary>
    public GroupProtocol Protocol { get; init; }

    /// <summary>A worker that is silent for this long is taken for dead and its streams run elsewhere. Default 8 s, from 6 s (the brokers' own bound) to 5 min.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a stream that moves to another worker may take to finish its clips and events. Default 30 s, up to 10 min.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Checks <see cref="AssignmentOptions"/>.</summary>
public sealed class AssignmentOptionsValidator : IValidateOptions<AssignmentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AssignmentOptions options)
    {
        var faults = new Faults("Assignments");
        faults.Bound(KafkaOptions.IsTopic(options.Topic), nameof(options.Topic), options.Topic, "1 to 249 letters, digits, dots, dashes and underscores");
        faults.Bound(options.Partitions >= 1, nameof(options.Partitions), options.Partitions, "1 or more");
        faults.Bound(options.Group.Length is >= 1 and <= 200, nameof(options.Group), options.Group, "a name of 1 to 200 characters");
        faults.Bound(options.SessionTimeout >= TimeSpan.FromSeconds(6) && options.SessionTimeout <= TimeSpan.FromMinutes(5), nameof(options.SessionTimeout), options.SessionTimeout, "00:00:06 to 00:05:00");
        faults.Bound(options.DrainTime >= TimeSpan.Zero && options.DrainTime <= TimeSpan.FromMinutes(10), nameof(options.DrainTime), options.DrainTime, "zero to 00:10:00");
        return faults.Result;
    }

    /// <summary>What is wrong between the sections; null when nothing is.</summary>
    public static string? FaultBetween(AssignmentOptions assignments, EventsOptions events) =>
        assignments.Kind == AssignmentKind.Kafka && !events.Kafka.IsOn ? "Assignments:Kind: Kafka -> no broker is named -> set Events:Kafka:Servers" : null;
}
