using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace TempSamp.Live.Host;

/// <summary>Problem details (RFC 9457) with types that stay the same.</summary>
internal static class ApiProblems
{
    private const string Base = "urn:tempsamp:problem:";

    /// <summary>A change that cannot be made.</summary>
    public static ProblemHttpResult Of(StreamChangeException refused) => refused.Kind switch
    {
        "unknown" => Problem(StatusCodes.Status404NotFound, refused.Kind, "There is no such thing", refused.Errors),
        "conflict" => Problem(StatusCodes.Status409Conflict, refused.Kind, "It cannot be changed here", refused.Errors),
        "stale" => Problem(StatusCodes.Status412PreconditionFailed, refused.Kind, "It has changed since it was read", refused.Errors),
        "unavailable" => Problem(StatusCodes.Status503ServiceUnavailable, refused.Kind, "It cannot be kept now", refused.Errors),
        _ => Problem(StatusCodes.Status422UnprocessableEntity, refused.Kind, "The configuration would have errors", refused.Errors),
    };

    /// <summary>A stream that is not there, or not for this caller to know of.</summary>
    public static ProblemHttpResult UnknownStream(string id) =>
        Problem(StatusCodes.Status404NotFound, "unknown", "There is no such thing", [$"there is no stream '{id}'"]);

    /// <summary>A clip that is not there, or not for this caller to know of.</summary>
    public static ProblemHttpResult UnknownClip(string id) => Problem(StatusCodes.Status404NotFound, "unknown", "There is no such thing", [$"there is no clip '{id}'"]);

    /// <summary>A file that a clip does not have, or not by a link.</summary>
    public static ProblemHttpResult NoFile(string reason) => Problem(StatusCodes.Status409Conflict, "no-file", "There is no such file to link to", [reason]);

    /// <summary>A request that cannot be read.</summary>
    public static ProblemHttpResult Unreadable(string reason) => Problem(StatusCodes.Status400BadRequest, "unreadable", "The request cannot be read", [reason]);

    /// <summary>A request that there is no room for now.</summary>
    public static ProblemHttpResult Busy(string reason) => Problem(StatusCodes.Status503ServiceUnavailable, "busy", "There is no room now", [reason]);

    private static ProblemHttpResult Problem(int status, string kind, string title, IReadOnlyList<string> errors) => TypedResults.Problem(
        string.Join('\n', errors), statusCode: status, title: title, type: Base + kind, extensions: new Dictionary<string, object?> { ["errors"] = errors });
}
