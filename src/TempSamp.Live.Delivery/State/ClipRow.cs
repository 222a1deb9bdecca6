using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>What the state knows of a clip.</summary>
/// <param name="Plan">What it is of.</param>
/// <param name="State">How far it has come.</param>
/// <param name="OutPointToDetected">How long detection took.</param>
/// <param name="SettledAt">When it was announced.</param>
/// <param name="ChangedAt">When it reached its state.</param>
/// <param name="Cut">Its files in the spool; null before it was cut.</param>
/// <param name="Stored">Its files in the store; null before it was stored.</param>
/// <param name="Reason">Why it failed, as a short name; null when it did not.</param>
/// <param name="Detail">Why it failed, for people.</param>
/// <param name="Trace">W3C trace context of its detection; null when nobody traces.</param>
public sealed record ClipRow(
    ClipPlan Plan, ClipState State, TimeSpan OutPointToDetected, DateTimeOffset SettledAt, DateTimeOffset ChangedAt,
    CutUnit? Cut, StoredUnit? Stored, string? Reason, string? Detail, string? Trace);

/// <summary>A cut clip with everything that belongs to it: stored as one unit or not at all.</summary>
/// <param name="File">What was cut.</param>
/// <param name="Files">The clip, its poster and extra files as they lie in the spool; the clip is the first.</param>
public sealed record CutUnit(ClipFile File, IReadOnlyList<UnitFile> Files);

/// <summary>A file of a unit.</summary>
/// <param name="Role"><c>main</c>, <c>poster</c>, <c>sidecar</c> or an extra file's own.</param>
/// <param name="Name">File name, which begins with the clip's id.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hexadecimal digest.</param>
/// <param name="ETag">What an S3 server will call this content.</param>
public sealed record UnitFile(string Role, string Name, string ContentType, long Bytes, string Sha256, string ETag)
{
    /// <summary>What an S3 server will call it that keeps no memory of parts; null when it was cut by an older program.</summary>
    public string? Md5 { get; init; }
}

/// <summary>Where a unit lies in the store.</summary>
/// <param name="Files">In the order of <see cref="CutUnit.Files"/>, the sidecar last.</param>
public sealed record StoredUnit(IReadOnlyList<StoredFile> Files)
{
    /// <summary>The clip itself.</summary>
    public StoredFile Main => Files[0];
}

/// <summary>A file in the store.</summary>
/// <param name="Role">As in <see cref="UnitFile"/>.</param>
/// <param name="Uri">Such as <c>s3://bucket/key</c> or <c>file:///...</c>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hexadecimal digest.</param>
/// <param name="ETag">What the store calls this content; null where it does not.</param>
public sealed record StoredFile(string Role, string Uri, long Bytes, string Sha256, string? ETag = null)
{
    /// <summary>MD5 of all of it; null where nobody worked it out.</summary>
    public string? Md5 { get; init; }
}
