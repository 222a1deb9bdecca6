using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TempSamp.Live.Host;

/// <summary>A query set as the API shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source"><c>file</c> when a settings file defines it, which the API cannot change; <c>api</c> else.</param>
/// <param name="Digest">Digest of its queries.</param>
/// <param name="Queries">Its queries by id.</param>
/// <param name="UsedBy">Streams that take it.</param>
internal sealed record QuerySetView(string Name, string Source, string Digest, IReadOnlyDictionary<string, QueryOptions> Queries, IReadOnlyList<string> UsedBy);

/// <summary><c>/v1/queries</c>: query sets.</summary>
internal static class QueryEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var queries = v1.MapGroup("/queries").WithTags("Queries");
        queries.MapGet("/", (StreamBook book, ClaimsPrincipal caller) => book.Page.Options.Queries.Keys.Order(StringComparer.Ordinal).Select(set => View(book.Page, set, caller)).ToArray())
            .From(ApiRole.Viewer).WithSummary("Lists query sets.");
        queries.MapGet("/{set}", Get).From(ApiRole.Viewer).WithSummary("One query set; its ETag goes into If-Match of a change.");
        queries.MapPut("/{set}", PutAsync).From(ApiRole.Producer).WithSummary("Puts a query set, whole; live within two seconds on every stream that takes it.");
        queries.MapDelete("/{set}", DeleteAsync).From(ApiRole.Producer).WithSummary("Takes a query set away; refused while a stream takes it.");
    }

    private static IResult Get(string set, StreamBook book, ClaimsPrincipal caller, HttpContext http)
    {
        if (!book.Page.Options.Queries.TryGetValue(set, out var queries)) return ApiProblems.Of(new("unknown", $"there is no query set '{set}'"));
        ETags.Set(http, queries);
        return TypedResults.Json(View(book.Page, set, caller), StreamPage.Json);
    }

    private static async Task<IResult> PutAsync(string set, JsonObject settings, StreamBook book, AuditLog audit, ClaimsPrincipal caller, HttpContext http)
    {
        if (Foreign(book.Page, set, caller) is { } refused) return refused;
        var isNew = !book.Page.Options.Queries.ContainsKey(set);
        await book.PutQueriesAsync(set, settings, ETags.Check<Dictionary<string, QueryOptions>>(http), http.RequestAborted);
        await audit.WriteAsync(ApiCallers.NameOf(caller), "put-queries", set, book.Page.Version, book.Page.Digest, http.RequestAborted);
        ETags.Set(http, book.Page.Options.Queries[set]);
        return isNew ? TypedResults.Created($"/v1/queries/{set}") : TypedResults.NoContent();
    }

    private static async Task<IResult> DeleteAsync(string set, StreamBook book, AuditLog audit, ClaimsPrincipal caller, HttpContext http)
    {
        if (Foreign(book.Page, set, caller) is { } refused) return refused;
        await book.DeleteQueriesAsync(set, ETags.Check<Dictionary<string, QueryOptions>>(http), http.RequestAborted);
        await audit.WriteAsync(ApiCallers.NameOf(caller), "delete-queries", set, book.Page.Version, book.Page.Digest, http.RequestAborted);
        return TypedResults.NoContent();
    }

    // A caller with grants for some streams must not change what others are asked.
    private static IResult? Foreign(StreamPage page, string set, ClaimsPrincipal caller) =>
        page.Options.Streams.Where(s => s.Value.QuerySets.Contains(set) && !ApiCallers.MaySee(caller, s.Key)).Select(s => s.Key).FirstOrDefault() is null ? null
            : ApiProblems.Of(new("conflict", $"query set '{set}' is also taken by a stream that is not granted to this caller: make a set of your own"));

    private static QuerySetView View(StreamPage page, string set, ClaimsPrincipal caller) => new(
        set, page.Managed.Queries.ContainsKey(set) ? "api" : "file", StreamPage.DigestOf(page.Options.Queries[set]), page.Options.Queries[set],
        [.. page.Options.Streams.Where(s => s.Value.QuerySets.Contains(set) && ApiCallers.MaySee(caller, s.Key)).Select(s => s.Key).Order(StringComparer.Ordinal)]);
}
