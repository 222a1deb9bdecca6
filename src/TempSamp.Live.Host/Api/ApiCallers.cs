using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Host;

/// <summary>Who calls: a key, a bearer token of the provider or, where neither is configured, whoever reaches the loopback address.</summary>
internal static class ApiCallers
{
    private const string Scheme = "caller", RoleClaim = "tempsamp-role", StreamClaim = "tempsamp-stream";

    /// <summary>Registers how callers are known and what each role may do.</summary>
    public static void Add(IServiceCollection services, ApiOptions options)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();      // nothing here outlives a request
        var schemes = services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, policy => policy.ForwardDefaultSelector = http => IsToken(http, options) ? JwtBearerDefaults.AuthenticationScheme : KeyHandler.Name)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Name, null);
        if (options.Oidc.Authority.Length > 0)
            schemes.AddJwtBearer(bearer =>
            {
                (bearer.Authority, bearer.Audience, bearer.MapInboundClaims) = (options.Oidc.Authority, options.Oidc.Audience, false);
                bearer.Events = new()
                {
                    OnTokenValidated = token =>
                    {
                        if (token.Principal?.Identity is ClaimsIdentity identity) Translate(identity, options.Oidc);
                        return Task.CompletedTask;
                    },
                };
            });
        var rules = services.AddAuthorizationBuilder();
        foreach (var role in Enum.GetValues<ApiRole>())
            rules.AddPolicy(role.ToString(), policy => policy.RequireAssertion(context => RoleOf(context.User) >= role));
    }

    /// <summary>Lets an endpoint be called from a role on.</summary>
    public static T From<T>(this T endpoint, ApiRole role) where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(role.ToString());

    /// <summary>The caller's role; null for one who may do nothing.</summary>
    public static ApiRole? RoleOf(ClaimsPrincipal caller) => Enum.TryParse<ApiRole>(caller.FindFirstValue(RoleClaim), ignoreCase: true, out var role) ? role : null;

    /// <summary>Whether the caller's grants cover a stream.</summary>
    public static bool MaySee(ClaimsPrincipal caller, string streamId)
    {
        var granted = caller.FindAll(StreamClaim).Select(c => c.Value).ToArray();
        return granted.Length == 0 || granted.Any(g => g.EndsWith('*') ? streamId.StartsWith(g[..^1], StringComparison.Ordinal) : g == streamId);
    }

    /// <summary>Name of the caller, for the audit log.</summary>
    public static string NameOf(ClaimsPrincipal caller) => caller.Identity?.Name ?? caller.FindFirstValue("sub") ?? "unknown";

    private static bool IsToken(HttpContext http, ApiOptions options) =>
        options.Oidc.Authority.Length > 0 && KeyOf(http) is { } text && text.Count(c => c == '.') == 2;

    private static string? KeyOf(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim()
        : http.Request.Headers.TryGetValue("X-Api-Key", out var key) ? key.ToString() : null;

    private static void Translate(ClaimsIdentity identity, OidcOptions oidc)
    {
        if (identity.FindFirst(oidc.RoleClaim) is { } role) identity.AddClaim(new(RoleClaim, role.Value));
        foreach (var stream in identity.FindAll(oidc.StreamsClaim).ToArray()) identity.AddClaim(new(StreamClaim, stream.Value));
    }

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IOptions<ApiOptions> api)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        public const string Name = "key";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

        private AuthenticateResult Authenticate()
        {
            if (!api.Value.KnowsCallers) return Known("local", ApiRole.Admin, []);
            if (KeyOf(Context) is not { } key) return AuthenticateResult.NoResult();
            return ApiKey.Find(key, api.Value.Keys) is { } caller
                ? Known(caller.Key, caller.Value.Role, caller.Value.Streams)
                : AuthenticateResult.Fail("no such key");
        }

        private AuthenticateResult Known(string name, ApiRole role, IReadOnlyList<string> streams)
        {
            var claims = streams.Select(s => new Claim(StreamClaim, s)).Append(new(ClaimTypes.Name, name)).Append(new(RoleClaim, role.ToString()));
            return AuthenticateResult.Success(new(new(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name));
        }
    }
}
