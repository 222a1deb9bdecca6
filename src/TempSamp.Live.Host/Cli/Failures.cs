using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Model;

namespace TempSamp.Live.Host;

/// <summary>Says failures to people.</summary>
internal static class Failures
{
    /// <summary>The message alone when it was written for people; type and stack as well when nobody expected it.</summary>
    public static string Explain(Exception failure) => failure switch
    {
        StreamException or ClipException or ModelException or FFmpegLibraryException or FFmpegException or IOException or InvalidDataException or UnauthorizedAccessException or SettingsException => $"tempsamp-live: {failure.Message}",
        _ => $"tempsamp-live: unexpected failure, please report it: {failure}",
    };
}
