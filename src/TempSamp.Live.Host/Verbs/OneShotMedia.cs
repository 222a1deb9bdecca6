using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
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
}
