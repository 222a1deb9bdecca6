using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TempSamp.Live.Host;

/// <summary>
/// <c>/healthz/live</c>: the process answers, nothing else is asked. <c>/healthz/startup</c>: the model is loaded. <c>/healthz/ready</c>: clips and events
/// can be delivered and the configuration was taken. Degraded is 200 with its reasons in the body, unhealthy is 503.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>Tags of the checks behind the probes.</summary>
    public const string Startup = "startup", Ready = "ready";

    /// <summary>Registers the checks that are the host's own.</summary>
    public static IHealthChecksBuilder Add(IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<ModelLoadedCheck>("model", tags: [Startup, Ready])
        .AddCheck<ConfigurationCheck>("configuration", tags: [Ready])
        .AddCheck<StreamsCheck>("streams", tags: [Ready])
        .AddCheck<DiskSpaceCheck>("disk", tags: [Ready])
        .AddCheck<StateCheck>("state", tags: [Ready])
        .AddCheck<StoreCheck>("store", tags: [Ready])
        .AddCheck<EventsCheck>("events", tags: [Ready])
        .AddCheck<GroupCheck>("group", tags: [Ready]);

    /// <summary>Maps the three probes; they need no caller.</summary>
    public static void Map(WebApplication app)
    {
        app.MapHealthChecks("/healthz/live", Of(_ => false)).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/healthz/startup", Of(check => check.Tags.Contains(Startup))).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/healthz/ready", Of(check => check.Tags.Contains(Ready))).AllowAnonymous().DisableRateLimiting();
    }

    private static HealthCheckOptions Of(Func<HealthCheckRegistration, bool> which) => new() { Predicate = which, ResponseWriter = WriteAsync };

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString().ToLowerInvariant(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString().ToLowerInvariant(), reason = e.Value.Description }),
    });
}
