namespace TempSamp.Live.Delivery;

/// <summary>How far a clip has come. Each step is one committed change, so whatever breaks between two steps, the clip goes on from the last one.</summary>
public enum ClipState
{
    /// <summary>Its moment settled and was announced; its packets are on the tape.</summary>
    Settled = 1,

    /// <summary>It was cut and lies whole in the spool, flushed to the disk.</summary>
    Cut = 2,

    /// <summary>The store took every file of it.</summary>
    Stored = 3,

    /// <summary>The store holds exactly what was cut, and the ready event is in the outbox.</summary>
    Verified = 4,

    /// <summary>Every event channel confirmed the ready event.</summary>
    Published = 5,

    /// <summary>It will not come; a failed event with the reason is in the outbox or was confirmed.</summary>
    Failed = 6,

    /// <summary>It was ready and was removed by retention.</summary>
    Expired = 7,
}
