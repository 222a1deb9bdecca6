using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Makes sure, before the first native call, that the FFmpeg libraries are those that the bindings describe.</summary>
/// <remarks>With libraries of another major version every struct would be laid out differently and calls would corrupt memory.</remarks>
public static unsafe class FFmpegLibraries
{
    private const string Fix = "Run 'bash deploy/install-native.sh', or name the folder that holds FFmpeg 7.1's libraries.";
    private const string SystemFolder = "/usr/lib/x86_64-linux-gnu";

    /// <summary>Libraries in the order of their dependencies, with the version the bindings were generated from.</summary>
    private static readonly (string Name, int Major, int Minor)[] Wanted =
    [
        ("avutil", ffmpeg.LIBAVUTIL_VERSION_MAJOR, ffmpeg.LIBAVUTIL_VERSION_MINOR),
        ("swresample", ffmpeg.LIBSWRESAMPLE_VERSION_MAJOR, ffmpeg.LIBSWRESAMPLE_VERSION_MINOR),
        ("swscale", ffmpeg.LIBSWSCALE_VERSION_MAJOR, ffmpeg.LIBSWSCALE_VERSION_MINOR),
        ("avcodec", ffmpeg.LIBAVCODEC_VERSION_MAJOR, ffmpeg.LIBAVCODEC_VERSION_MINOR),
        ("avformat", ffmpeg.LIBAVFORMAT_VERSION_MAJOR, ffmpeg.LIBAVFORMAT_VERSION_MINOR),
    ];

    private static readonly Lock Gate = new();
    private static volatile string? _folder;

    /// <summary>Checks and loads the libraries once; later calls return at once. libav's own log is silent until <see cref="FFmpegLog"/> routes it.</summary>
    /// <param name="rootPath">Folder of the libraries; null for the system's. The first call decides.</param>
    /// <exception cref="FFmpegLibraryException">A library is missing, cannot be loaded, or has another version.</exception>
    public static void Ensure(string? rootPath = null)
    {
        if (_folder is not null && (rootPath is null || rootPath == _folder))
        {
            return;
        }
        lock (Gate)
        {
            if (_folder is not null && rootPath is not null && rootPath != _folder)
            {
                throw new FFmpegLibraryException($"FFmpeg is loaded from '{_folder}' already and cannot be loaded from '{rootPath}' as well: set the folder before anything uses FFmpeg.");
            }
            var folder = rootPath ?? (Directory.Exists(SystemFolder) ? SystemFolder : "");
            Load(folder);
            ffmpeg.RootPath = folder;
            ffmpeg.av_log_set_level(ffmpeg.AV_LOG_QUIET);
            _folder = folder;
        }
    }

    /// <summary>Version of each library, such as <c>avformat 61.7.103</c>; loads them first.</summary>
    public static IReadOnlyList<string> Versions()
    {
        Ensure();
        return
        [
            Show("avutil", ffmpeg.avutil_version()), Show("swresample", ffmpeg.swresample_version()), Show("swscale", ffmpeg.swscale_version()),
            Show("avcodec", ffmpeg.avcodec_version()), Show("avformat", ffmpeg.avformat_version()),
        ];
    }

    /// <summary>Loads each library of a folder and checks its version. The loader keeps them, so each finds its siblings.</summary>
    internal static void Load(string folder)
    {
        foreach (var (name, major, minor) in Wanted)
        {
            var file = $"lib{name}.so.{major}";
            var found = Version(Load(folder, name, file), name, file);
            if (found >> 16 != major || ((found >> 8) & 0xff) < minor)
            {
                throw new FFmpegLibraryException(
                    $"{Path.Combine(folder, file)} is {Show(name, found)}, but {name} {major}.{minor} or a later {major}.x is needed (FFmpeg 7.1). {Fix}");
            }
        }
    }

    private static nint Load(string folder, string name, string file)
    {
        var path = Path.Combine(folder, file);
        if (folder.Length > 0 && !File.Exists(path))
        {
            throw new FFmpegLibraryException($"{file} (FFmpeg 7.1) is not in '{folder}'{Siblings(folder, name)}. {Fix}");
        }
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new FFmpegLibraryException($"{path} {(folder.Length > 0 ? "is there but" : "")} cannot be loaded: {error.Message.ReplaceLineEndings(" ").Trim()} {Fix}");
        }
    }

    private static string Siblings(string folder, string name)
    {
        var others = Directory.Exists(folder) ? Directory.GetFiles(folder, $"lib{name}.so.*").Select(Path.GetFileName).Order().ToArray() : [];
        return others.Length > 0 ? $"; found instead: {string.Join(", ", others)}" : "";
    }

    private static uint Version(nint library, string name, string file) =>
        NativeLibrary.TryGetExport(library, name + "_version", out var version)
            ? ((delegate* unmanaged[Cdecl]<uint>)version)()
            : throw new FFmpegLibraryException($"{file} has no function {name}_version, so it is not FFmpeg's. {Fix}");

    private static string Show(string name, uint version) => $"{name} {version >> 16}.{(version >> 8) & 0xff}.{version & 0xff}";
}
