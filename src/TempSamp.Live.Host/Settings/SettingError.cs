namespace TempSamp.Live.Host;

/// <summary>One setting that cannot be used.</summary>
/// <param name="Path">Its key, such as <c>Streams:match-7:Url</c>.</param>
/// <param name="Value">The offending value; empty when it is missing.</param>
/// <param name="Reason">Why.</param>
/// <param name="Fix">What to do.</param>
internal sealed record SettingError(string Path, string Value, string Reason, string Fix)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {(Value.Length == 0 ? "(empty)" : Value)} -> {Reason} -> {Fix}";
}

/// <summary>The configuration cannot be used. Carries every error that was found, one a line.</summary>
internal sealed class SettingsException(IReadOnlyList<string> errors, Exception? inner = null)
    : Exception("The configuration cannot be used:\n  " + string.Join("\n  ", errors), inner)
{
    /// <summary>The errors as <c>path: value -> reason -> fix</c>.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
