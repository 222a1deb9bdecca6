using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TempSamp.Live.Host;

/// <summary>The HTTP side of the daemon: health, metrics and <c>/v1</c>, in one pipeline that reads from top to bottom.</summary>
internal static class ApiServer
{
    /// <summary>Registers the server and what its endpoints need.</summary>
    public static void Add(WebApplicationBuilder builder, ApiOptions options)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            server.Listen(IPAddress.Parse(options.Address), options.Port, listen =>
            {
                if (options.CertificatePath.Length > 0) listen.UseHttps(X509Certificate2.CreateFromPemFile(options.CertificatePath, options.CertificateKeyPath));
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var services = builder.Services;
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);      // told by RefusedChanges, with the reason
        services.AddExceptionHandler<RefusedChanges>();
        services.AddSingleton<EventReaders>();
        services.AddOpenApi("v1", document => document.AddDocumentTransformer((api, _, _) =>
        {
            (api.Info.Title, api.Info.Version) = ("TempSamp.Live", "v1");
            api.Servers?.Clear();
            return Task.CompletedTask;
        }));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(
                http.User.Identity?.IsAuthenticated == true ? ApiCallers.NameOf(http.User) : http.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new()
                {
                    TokenLimit = options.RequestsPerSecond * options.BurstSeconds, TokensPerPeriod = options.RequestsPerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
                }));
        });
        ApiCallers.Add(services, options);
    }

    /// <summary>Lays out the pipeline and the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();

        HealthEndpoints.Map(app);
        app.MapPrometheusScrapingEndpoint("/metrics").From(ApiRole.Viewer);
        app.MapGet("/config/schema.json", () => TypedResults.Text(ConfigurationSchema.Json(), "application/schema+json")).From(ApiRole.Viewer).ExcludeFromDescription();
        app.MapOpenApi("/{documentName}/openapi.json").AllowAnonymous();
        var v1 = app.MapGroup("/v1");
        StreamEndpoints.Map(v1);
        QueryEndpoints.Map(v1);
        EventEndpoints.Map(v1);
        ClipEndpoints.Map(v1);
    }

    /// <summary>Turns refused changes and unreadable bodies into problem details.</summary>
    private sealed class RefusedChanges : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancel)
        {
            IResult? problem = exception switch
            {
                StreamChangeException refused => ApiProblems.Of(refused),
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TypedResults.Problem("the body is larger than Api:MaxBodyBytes", statusCode: StatusCodes.Status413PayloadTooLarge),
                BadHttpRequestException unreadable => ApiProblems.Unreadable(unreadable.InnerException is JsonException json ? $"the body is not JSON of the right shape: {json.Message}" : unreadable.Message),
                _ => null,
            };
            if (problem is null) return false;
            await problem.ExecuteAsync(http);
            return true;
        }
    }
}
