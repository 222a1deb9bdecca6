namespace TempSamp.Live.Delivery;

/// <summary>How a channel is doing.</summary>
/// <param name="Name">Such as <c>kafka</c>.</param>
/// <param name="Waiting">Events that it has yet to confirm.</param>
/// <param name="OldestAt">When the oldest of them happened; null without any.</param>
/// <param name="Trouble">Why it does not take events; null while it does.</param>
public sealed record ChannelHealth(string Name, long Waiting, DateTimeOffset? OldestAt, string? Trouble)
{
    /// <summary>Whether it is somebody else's address.</summary>
    public bool IsWebhook => Name.StartsWith(WebhookChannel.NameOf(""), StringComparison.Ordinal);
}

/// <summary>How a worker is doing in the group that it shares its streams with.</summary>
/// <param name="Name">The group.</param>
/// <param name="Shares">How many shares of the streams it has.</param>
/// <param name="Trouble">Why it takes no part, or cannot publish all of its shares; null while it does.</param>
public sealed record GroupHealth(string Name, int Shares, string? Trouble);

/// <summary>How delivery is doing, for health checks and metrics.</summary>
public interface IDeliveryHealth
{
    /// <summary>For people: the store and where it is.</summary>
    string Store { get; }

    /// <summary>Why the state cannot be written; null while it can.</summary>
    string? StateTrouble { get; }

    /// <summary>Why the store does not take clips; null while it does.</summary>
    string? StoreTrouble { get; }

    /// <summary>Clips between cutter and store.</summary>
    int ClipsOnTheWay { get; }

    /// <summary>Bytes of them in the spool.</summary>
    long SpoolBytes { get; }

    /// <summary>Every channel that is on.</summary>
    IReadOnlyList<ChannelHealth> Channels { get; }

    /// <summary>The group of workers; null where this one is alone.</summary>
    GroupHealth? Group { get; }
}

/// <summary>Asks delivery's parts.</summary>
internal sealed class DeliveryHealth(StateDatabase state, IClipStore store, ClipDelivery delivery, OutboxPumps pumps, DeliveryProbe probe, WorkerGroup group) : IDeliveryHealth
{
    /// <inheritdoc/>
    public string Store => store.Name;

    /// <inheritdoc/>
    public string? StateTrouble => state.Trouble;

    /// <inheritdoc/>
    public string? StoreTrouble => delivery.Trouble ?? probe.StoreTrouble;

    /// <inheritdoc/>
    public int ClipsOnTheWay => delivery.OnTheWay;

    /// <inheritdoc/>
    public long SpoolBytes => state.Read(ClipTable.SpoolBytes);

    /// <inheritdoc/>
    public IReadOnlyList<ChannelHealth> Channels => [.. pumps.All.Select(pump =>
    {
        var (waiting, oldest) = state.Read(db => EventTable.Depth(db, pump.Channel.Name));
        return new ChannelHealth(pump.Channel.Name, waiting, oldest, pump.Trouble ?? probe.TroubleOf(pump.Channel));
    })];

    /// <inheritdoc/>
    public GroupHealth? Group => group.Health;
}
