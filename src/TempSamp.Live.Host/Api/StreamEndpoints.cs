using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>A stream as the API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Source"><c>file</c> when a settings file defines it, which the API cannot change; <c>api</c> else.</param>
/// <param name="Settings">Its settings; addresses without their secrets for callers below operator.</param>
/// <param name="IsOn">Whether it is watched now, by its schedule or because it is armed.</param>
/// <param name="ArmedUntil">Until when it is watched whatever its schedule says.</param>
/// <param name="NextChange">When its schedule begins or ends next.</param>
/// <param name="Status">What it is doing; null while it is not watched.</param>
internal sealed record StreamView(
    string Id, string Source, StreamOptions Settings, bool IsOn, DateTimeOffset? ArmedUntil, DateTimeOffset? NextChange, StatusView? Status);

/// <summary>A page of streams.</summary>
/// <param name="Version">Version of the configuration.</param>
/// <param name="Digest">Digest of the configuration.</param>
/// <param name="Streams">In the order of their ids.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record StreamList(int Version, string Digest, IReadOnlyList<StreamView> Streams, string? Next);

/// <summary>How long a stream is watched whatever its schedule says.</summary>
/// <param name="Minutes">0 to 1,440; 0 ends it.</param>
internal sealed record ArmRequest(double Minutes);

/// <summary>Until when a stream is watched.</summary>
internal sealed record Armed(DateTimeOffset Until);

/// <summary><c>/v1/streams</c>.</summary>
internal static class StreamEndpoints
{
    private const int MostAtOnce = 200;
    private const double MostMinutes = 1440;

    public static void Map(RouteGroupBuilder v1)
    {
        var streams = v1.MapGroup("/streams").WithTags("Streams");
        streams.MapGet("/", List).From(ApiRole.Viewer).WithSummary("Lists streams with their settings and what they are doing.");
        streams.MapGet("/{id}", Get).From(ApiRole.Viewer).WithSummary("One stream; its ETag goes into If-Match of a change.");
        streams.MapPut("/{id}", PutAsync).From(ApiRole.Operator).WithSummary("Puts a stream, whole; live within two seconds.");
        streams.MapDelete("/{id}", DeleteAsync).From(ApiRole.Operator).WithSummary("Takes a stream away; its announced clips are finished.");
        streams.MapPost("/{id}/arm", ArmAsync).From(ApiRole.Operator).WithSummary("Watches a stream from now for some minutes, whatever its schedule says.");
    }

    private static StreamList List(StreamBook book, SessionRegistry registry, TimeProvider time, ClaimsPrincipal caller, string? after = null, int limit = 50)
    {
        var page = book.Page;
        var ids = page.Options.Streams.Keys.Where(id => ApiCallers.MaySee(caller, id) && string.CompareOrdinal(id, after) > 0).Order(StringComparer.Ordinal).ToArray();
        var shown = ids.Take(Math.Clamp(limit, 1, MostAtOnce)).ToArray();
        return new(page.Version, page.Digest, [.. shown.Select(id => View(page, id, registry, time, caller))], shown.Length < ids.Length ? shown[^1] : null);
    }

    private static IResult Get(string id, StreamBook book, SessionRegistry registry, TimeProvider time, ClaimsPrincipal caller, HttpContext http)
    {
        var page = book.Page;
        if (!page.Options.Streams.TryGetValue(id, out var stream) || !ApiCallers.MaySee(caller, id)) return ApiProblems.UnknownStream(id);
        ETags.Set(http, stream);
        return TypedResults.Json(View(page, id, registry, time, caller), StreamPage.Json);
    }

    private static async Task<IResult> PutAsync(string id, JsonObject settings, StreamBook book, AuditLog audit, ClaimsPrincipal caller, HttpContext http)
    {
        if (!ApiCallers.MaySee(caller, id)) return ApiProblems.UnknownStream(id);
        var isNew = !book.Page.Options.Streams.ContainsKey(id);
        await book.PutStreamAsync(id, settings, ETags.Check<StreamOptions>(http), http.RequestAborted);
        await audit.WriteAsync(ApiCallers.NameOf(caller), "put-stream", id, book.Page.Version, book.Page.Digest, http.RequestAborted);
        ETags.Set(http, book.Page.Options.Streams[id]);
        return isNew ? TypedResults.Created($"/v1/streams/{id}") : TypedResults.NoContent();
    }

    private static async Task<IResult> DeleteAsync(string id, StreamBook book, AuditLog audit, ClaimsPrincipal caller, HttpContext http)
    {
        if (!ApiCallers.MaySee(caller, id)) return ApiProblems.UnknownStream(id);
        await book.DeleteStreamAsync(id, ETags.Check<StreamOptions>(http), http.RequestAborted);
        await audit.WriteAsync(ApiCallers.NameOf(caller), "delete-stream", id, book.Page.Version, book.Page.Digest, http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ArmAsync(string id, ArmRequest request, StreamBook book, AuditLog audit, ClaimsPrincipal caller, HttpContext http)
    {
        if (!ApiCallers.MaySee(caller, id)) return ApiProblems.UnknownStream(id);
        if (request.Minutes is not (>= 0 and <= MostMinutes)) return ApiProblems.Unreadable($"minutes is {request.Minutes}: give a number from 0 to {MostMinutes}");
        var until = await book.ArmAsync(id, TimeSpan.FromMinutes(request.Minutes), http.RequestAborted);
        await audit.WriteAsync(ApiCallers.NameOf(caller), "arm-stream", id, book.Page.Version, book.Page.Digest, http.RequestAborted);
        return TypedResults.Ok(new Armed(until));
    }

    private static StreamView View(StreamPage page, string id, SessionRegistry registry, TimeProvider time, ClaimsPrincipal caller)
    {
        var (stream, now) = (page.Options.Streams[id], time.GetUtcNow());
        var shown = ApiCallers.RoleOf(caller) >= ApiRole.Operator ? stream : stream with { Url = StreamPlanner.Redact(stream.Url) };
        return new(id, page.Managed.Streams.ContainsKey(id) ? "api" : "file", shown, stream.Enabled && page.IsOn(id, stream, now),
            page.Managed.ArmedUntil.TryGetValue(id, out var until) && until > now ? until : null, StreamCatalog.ScheduleOf(stream)?.NextChange(now), registry.Status(id) is { } status ? StatusView.Of(status) : null);
    }
}
