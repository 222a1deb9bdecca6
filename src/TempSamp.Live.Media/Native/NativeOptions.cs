using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Builds the option dictionaries that libav's open calls take, and finds the options they did not know.</summary>
/// <remarks>The dictionary is a local of the caller, freed by <c>av_dict_free</c> in its finally block.</remarks>
internal static unsafe class NativeOptions
{
    /// <summary>A dictionary of the pairs; null when there are none.</summary>
    public static AVDictionary* Create(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        AVDictionary* options = null;
        foreach (var (key, value) in pairs)
        {
            FFmpegException.Check(ffmpeg.av_dict_set(&options, key, value, 0), "av_dict_set", $"option {key}={value}");
        }
        return options;
    }

    /// <summary>Throws when an open call has left options behind: it did not know them.</summary>
    public static void ThrowUnknown(AVDictionary* left, string call, string target)
    {
        var entry = ffmpeg.av_dict_get(left, "", null, ffmpeg.AV_DICT_IGNORE_SUFFIX);
        if (entry != null)
        {
            throw new ArgumentException($"{call} for {target} knows no option '{Marshal.PtrToStringUTF8((nint)entry->key)}'");
        }
    }
}
