using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>Bounds how many callers read events at once.</summary>
internal sealed class EventReaders(IOptions<ApiOptions> options)
{
    private int _readers;

    /// <summary>Takes a place for as long as a request lasts; false when all are taken.</summary>
    public bool TryEnter(HttpContext http)
    {
        if (Interlocked.Increment(ref _readers) > options.Value.EventReaders)
        {
            Interlocked.Decrement(ref _readers);
            return false;
        }
        http.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _readers);
            return Task.CompletedTask;
        });
        return true;
    }
}

/// <summary><c>/v1/events</c>: what happens, as server-sent events; and <c>/v1/asyncapi.json</c>, what events there are.</summary>
internal static class EventEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/events", Read).From(ApiRole.Viewer).WithTags("Events").Produces<string>(StatusCodes.Status200OK, ServerSentEvents.ContentType)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Events of this worker as server-sent events, each a CloudEvent; Last-Event-ID goes on behind an event, 0 begins with the oldest that is kept.");
        v1.MapGet("/asyncapi.json", () => TypedResults.Text(AsyncApiDocument.Json(), "application/json")).AllowAnonymous().ExcludeFromDescription();
    }

    /// <param name="stream">Ids of streams; none: all that the caller may see.</param>
    /// <param name="after">What <c>Last-Event-ID</c> would say, for readers that cannot set it.</param>
    private static IResult Read(
        ServerSentEvents events, EventReaders readers, ClaimsPrincipal caller, HttpContext http, IHostApplicationLifetime lifetime, IOptions<ApiOptions> options,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId, string[]? stream = null, string? after = null)
    {
        var (wanted, place) = (stream ?? [], lastEventId ?? after);
        if (wanted.FirstOrDefault(id => !ApiCallers.MaySee(caller, id)) is { } foreign) return ApiProblems.UnknownStream(foreign);
        if (place is not null && !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return ApiProblems.Unreadable($"'{place}' is no event's id: give the id of the last event that was read, or 0 for all that are kept");
        if (!readers.TryEnter(http)) return ApiProblems.Busy($"{options.Value.EventReaders} callers read events already: try again later, or raise Api:EventReaders");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(
            body => WriteAsync(events, body, place is null ? null : long.Parse(place, CultureInfo.InvariantCulture),
                told => (wanted.Length == 0 || wanted.Contains(told.StreamId)) && ApiCallers.MaySee(caller, told.StreamId), options.Value.EventHeartbeat, http.RequestAborted, lifetime.ApplicationStopping),
            ServerSentEvents.ContentType);
    }

    private static async Task WriteAsync(
        ServerSentEvents events, Stream body, long? after, Func<ToldEvent, bool> isWanted, TimeSpan heartbeat, CancellationToken gone, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        try
        {
            await events.WriteAsync(body, after, isWanted, heartbeat, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }
}
