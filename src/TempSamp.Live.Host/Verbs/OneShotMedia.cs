using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary>Media for verbs that read one stream once: files are read as fast as they can be.</summary>
internal static class OneShotMedia
{
    /// <summary>Checked settings, with FFmpeg loaded from where they say.</summary>
    public static (IConfiguration Configuration, IOptions<IngestOptions> Ingest) Prepare(SettingsSources sources)
    {
        var configuration = sources.Load();
        Settings.Validate(configuration);
        var ingest = Settings.Get<IngestOptions>(configuration) with { Realtime = false };
        FFmpegLibraries.Ensure(ingest.FFmpegPath);
        return (configuration, Options.Create(ingest));
    }

    /// <summary>Where streams are read: in worker processes, unless the settings say otherwise.</summary>
    public static IStreamSource Source(IConfiguration configuration, IOptions<IngestOptions> ingest) => ingest.Value.Isolation == IngestIsolation.Process
        ? Workers(configuration, ingest)
        : new LibavStreamSource(ingest, TimeProvider.System);

    /// <summary>Says what is in a stream.</summary>
    public static Task<StreamFacts> ProbeAsync(IConfiguration configuration, IOptions<IngestOptions> ingest, string url, CancellationToken cancel) =>
        ingest.Value.Isolation == IngestIsolation.Process ? Workers(configuration, ingest).ProbeAsync(url, cancel) : StreamProbe.ProbeAsync(url, ingest.Value, cancel);

    /// <summary>What cuts clips.</summary>
    public static IClipCutter Cutter(IConfiguration configuration, IOptions<IngestOptions> ingest)
    {
        var cut = Options.Create(Settings.Get<CutOptions>(configuration) with { CheckEveryFrame = true });
        return ingest.Value.Isolation == IngestIsolation.Process
            ? new WorkerCutter(ingest, cut, Options.Create(Settings.Get<WorkerOptions>(configuration)), TimeProvider.System, NullLogger<WorkerCutter>.Instance)
            : new ClipCutter(ingest, cut, NullLogger<ClipCutter>.Instance);
    }

    private static WorkerStreamSource Workers(IConfiguration configuration, IOptions<IngestOptions> ingest) =>
        new(ingest, Options.Create(Settings.Get<WorkerOptions>(configuration)), TimeProvider.System, NullLogger<WorkerStreamSource>.Instance);
}
