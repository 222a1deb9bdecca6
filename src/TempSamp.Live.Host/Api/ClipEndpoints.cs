using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>A clip as the API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Session">Its session.</param>
/// <param name="Query">Id of the query that found it.</param>
/// <param name="State">settled, cut, stored, verified, published, failed or expired.</param>
/// <param name="ChangedAt">When it came there.</param>
/// <param name="Reason">Why it failed, as a short name.</param>
/// <param name="Detail">Why it failed, for people.</param>
/// <param name="Media">Its files in the store; empty before they are there and after they were removed.</param>
internal sealed record ClipView(string Id, string Stream, string Session, string Query, ClipState State, DateTimeOffset ChangedAt, string? Reason, string? Detail, IReadOnlyList<StoredFile> Media);

/// <summary>An address from which anybody who has it may fetch a file for a while.</summary>
/// <param name="Url">The address.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record ClipLink(Uri Url, DateTimeOffset ExpiresAt);

/// <summary><c>/v1/clips</c>.</summary>
internal static class ClipEndpoints
{
    /// <summary>Longest life of a link, as signatures of S3 allow it.</summary>
    private const int MostMinutes = 7 * 24 * 60;

    public static void Map(RouteGroupBuilder v1)
    {
        var clips = v1.MapGroup("/clips").WithTags("Clips");
        clips.MapGet("/{id}", Get).From(ApiRole.Viewer).WithSummary("One clip: how far it has come, and its files in the store.").Produces<ClipView>();
        clips.MapGet("/{id}/url", LinkAsync).From(ApiRole.Viewer).WithSummary("A link to one of the clip's files, by role; signed for Store:PublicEndpoint.").Produces<ClipLink>();
    }

    private static IResult Get(string id, IClipLibrary library, ClaimsPrincipal caller) => Find(library, caller, id) is { } clip ? TypedResults.Ok(View(clip)) : ApiProblems.UnknownClip(id);

    private static async Task<IResult> LinkAsync(string id, IClipLibrary library, TimeProvider time, ClaimsPrincipal caller, string role = "main", int minutes = 60)
    {
        if (minutes is not (>= 1 and <= MostMinutes)) return ApiProblems.Unreadable($"minutes is {minutes}: give a number from 1 to {MostMinutes}");
        if (Find(library, caller, id) is not { } clip) return ApiProblems.UnknownClip(id);
        var view = View(clip);
        if (view.Media.FirstOrDefault(file => file.Role == role) is not { } file)
            return ApiProblems.NoFile(view.Media.Count == 0 ? $"clip '{id}' is {clip.State.ToString().ToLowerInvariant()} and has no files in the store" : $"clip '{id}' has no file of role '{role}'; it has {string.Join(", ", view.Media.Select(one => one.Role).Distinct())}");
        var lifetime = TimeSpan.FromMinutes(minutes);
        return await library.LinkAsync(file, lifetime) is { } url
            ? TypedResults.Ok(new ClipLink(url, time.GetUtcNow() + lifetime))
            : ApiProblems.NoFile($"clips are in a folder, which gives no links: fetch {file.Uri}, or set Store:Kind to S3");
    }

    private static ClipRow? Find(IClipLibrary library, ClaimsPrincipal caller, string id) => library.Find(id) is { } clip && ApiCallers.MaySee(caller, clip.Plan.StreamId) ? clip : null;

    private static ClipView View(ClipRow clip) => new(clip.Plan.Id, clip.Plan.StreamId, clip.Plan.SessionId, clip.Plan.Query.Id, clip.State, clip.ChangedAt, clip.Reason, clip.Detail,
        clip.State is ClipState.Verified or ClipState.Published ? clip.Stored!.Files : []);
}
