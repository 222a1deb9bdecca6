using System.Globalization;

namespace TempSamp.Live.Core;

/// <summary>One continuous run of a stream, from connecting to its end.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="SessionId">Unique in the stream, sorts by time, safe in file names.</param>
/// <param name="StartedAt">UTC of media time zero.</param>
/// <param name="ClockSource">Where that UTC comes from.</param>
public sealed record SessionIdentity(string StreamId, string SessionId, DateTimeOffset StartedAt, string ClockSource)
{
    /// <summary>Names a session by its stream and its start, to the millisecond: <c>match-7-20260101T120001040Z</c>.</summary>
    public static SessionIdentity Of(string streamId, DateTimeOffset startedAt, string clockSource) =>
        new(streamId, string.Create(CultureInfo.InvariantCulture, $"{streamId}-{startedAt.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}"), startedAt.ToUniversalTime(), clockSource);
}
