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
internal sealed record Finding(string Check, FindingState State, string Detail, string? Fix = null)
{
    public static Finding Good(string check, string detail) => new(check, FindingState.Good, detail);

    public static Finding Note(string check, string detail, string? fix = null) => new(check, FindingState.Note, detail, fix);

    public static Finding Failed(string check, string detail, string fix) => new(check, FindingState.Failed, detail, fix);
}
