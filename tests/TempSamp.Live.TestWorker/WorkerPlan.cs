namespace TempSamp.Live.TestWorker;

/// <summary>What a test wants of a worker.</summary>
/// <param name="Name">Part of its session ids.</param>
/// <param name="Folder">Its delivery folder.</param>
/// <param name="Servers">The brokers.</param>
/// <param name="EventTopic">Where events go.</param>
/// <param name="SpecTopic">The topic whose partitions are shared, and the group.</param>
/// <param name="Partitions">How many.</param>
/// <param name="Streams">Ids of all streams.</param>
/// <param name="Protocol">How the group agrees: <c>Classic</c> or <c>Consumer</c>.</param>
/// <param name="SessionSeconds">Silence after which it is taken for dead.</param>
public sealed record WorkerPlan(string Name, string Folder, string Servers, string EventTopic, string SpecTopic, int Partitions, IReadOnlyList<string> Streams, string Protocol, double SessionSeconds)
{
    /// <summary>Ids of the events that were told and are safe in the worker's state, one a line.</summary>
    public string ToldPath => Path.Combine(Folder, "told");
}
