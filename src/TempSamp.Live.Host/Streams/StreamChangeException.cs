namespace TempSamp.Live.Host;

/// <summary>A change that cannot be made.</summary>
/// <param name="Kind">Short machine name: <c>invalid</c>, <c>conflict</c>, <c>unknown</c>, <c>stale</c>, <c>unavailable</c>.</param>
/// <param name="Errors">Every reason, each with its fix.</param>
internal sealed class StreamChangeException(string kind, params IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    public string Kind { get; } = kind;

    public IReadOnlyList<string> Errors { get; } = errors;
}
