using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>
/// Meters for the Prometheus page, and traces where a collector is named by OpenTelemetry's own variables, such as <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.
/// </summary>
internal static class Telemetry
{
    /// <summary>Registers both.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Metrics>();
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("tempsamp-live")).WithMetrics(metrics => metrics.AddMeter(LiveTelemetry.Name).AddPrometheusExporter());
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
            telemetry.WithTracing(traces => traces.AddSource(LiveTelemetry.Name).AddOtlpExporter());
    }
}
