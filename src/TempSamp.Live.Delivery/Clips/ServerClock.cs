using System.Globalization;

namespace TempSamp.Live.Delivery;

/// <summary>
/// Compares this machine's clock with the S3 server's, which every answer of it names. Servers refuse signatures from a quarter of an hour off on, and links are valid too
/// short or too long before that, so it is told early.
/// </summary>
internal sealed class ServerClock(StoreOptions options, S3Calls calls, HttpClient http, TimeProvider time)
{
    /// <summary>How far this machine's clock is ahead of the server's; null where the server names no time.</summary>
    /// <exception cref="StoreException">The server does not answer.</exception>
    public Task<TimeSpan?> AheadAsync(CancellationToken cancel) => calls.RunAsync<TimeSpan?>("its clock cannot be read", 0, async limit =>
    {
        var asked = time.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(options.Endpoint), HttpCompletionOption.ResponseHeadersRead, limit).ConfigureAwait(false);
        return answer.Headers.Date is { } there ? time.GetUtcNow() - (time.GetElapsedTime(asked) / 2) - there : null;
    }, cancel);

    /// <summary>Compares.</summary>
    /// <exception cref="StoreException">The server does not answer, or the clocks are further apart than <see cref="StoreOptions.ClockSkew"/>.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        if (await AheadAsync(cancel) is not { } ahead || ahead.Duration() <= options.ClockSkew) return;
        throw new StoreException(
            string.Create(CultureInfo.InvariantCulture, $"{calls.Name}: this machine's clock is {ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the server's; set the clock, for example with NTP"), "clock");
    }
}
