using Microsoft.AspNetCore.Http;

namespace TempSamp.Live.Host;

/// <summary>Lost updates are caught by digests: ETag of what was read, If-Match or If-None-Match: * of what is written (RFC 9110, section 13).</summary>
internal static class ETags
{
    /// <summary>Says which version of a resource an answer is about.</summary>
    public static void Set<T>(HttpContext http, T resource) => http.Response.Headers.ETag = $"\"{StreamPage.DigestOf(resource)}\"";

    /// <summary>The check of a change against what is there when its turn has come.</summary>
    public static Action<T?> Check<T>(HttpContext http) where T : class
    {
        var (match, none) = (http.Request.Headers.IfMatch.ToString(), http.Request.Headers.IfNoneMatch.ToString());
        return present =>
        {
            if (none == "*" && present is not null) throw new StreamChangeException("stale", "it exists already: leave If-None-Match out to replace it");
            if (match.Length == 0) return;
            if (present is null) throw new StreamChangeException("stale", "it does not exist any more: read it again");
            if (match != "*" && match != $"\"{StreamPage.DigestOf(present)}\"") throw new StreamChangeException("stale", "someone has changed it since it was read: read it again, and send its new ETag in If-Match");
        };
    }
}
