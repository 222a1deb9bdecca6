namespace TempSamp.Live.Host;

/// <summary>How a check went.</summary>
internal enum FindingState
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing; nothing fails because of it.</summary>
    Note,

    /// <summary>The daemon would not work.</summary>
    Failed,
}

/// <summary>What a check found.</summary>
/// <param name="Check">Short name of the check.</param>
/// <param name="State">How it went.</param>
/// <param name="Detail">What is there, or what is wrong.</param>
/// <param name="Fix">What to do; null unless something should be done.</param>
/// <param name="Fault">Id of the fault in <see cref="DoctorFaults"/>; null where there is none.</param>
internal sealed record Finding(string Check, FindingState State, string Detail, string? Fix = null, string? Fault = null)
{
    public static Finding Good(string check, string detail) => new(check, FindingState.Good, detail);

    /// <summary>A fault with its own fix and weight, where nothing more is known.</summary>
    public static Finding Of(DoctorFault fault, string detail, string? fix = null, FindingState? state = null) => new(fault.Check, state ?? fault.State, detail, fix ?? fault.Fix, fault.Id);
}
