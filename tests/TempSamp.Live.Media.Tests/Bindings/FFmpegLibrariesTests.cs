using FFmpeg.AutoGen;

namespace TempSamp.Live.Media.Tests;

public sealed class FFmpegLibrariesTests
{
    [Fact]
    public void Another_major_version_is_refused_with_found_wanted_and_fix()
    {
        using var compiler = CCompiler.OrSkip();
        BuildLibrary(compiler, "libavutil.so.59", "unsigned avutil_version(void) { return 58 << 16 | 29 << 8 | 100; }");

        var error = Assert.Throws<FFmpegLibraryException>(() => FFmpegLibraries.Load(compiler.Folder));

        Assert.Contains("libavutil.so.59 is avutil 58.29.100, but avutil 59.", error.Message);
        Assert.Contains("bash deploy/install-native.sh", error.Message);
    }

    [Fact]
    public void An_older_minor_version_is_refused_because_fields_may_be_missing()
    {
        using var compiler = CCompiler.OrSkip();
        BuildLibrary(compiler, "libavutil.so.59", "unsigned avutil_version(void) { return 59 << 16 | 8 << 8; }");

        var error = Assert.Throws<FFmpegLibraryException>(() => FFmpegLibraries.Load(compiler.Folder));

        Assert.Contains("avutil 59.8.0", error.Message);
    }

    [Fact]
    public void A_missing_library_is_named_with_what_is_there_instead()
    {
        var folder = Directory.CreateTempSubdirectory("tempsamp-libs-");
        File.WriteAllText(Path.Combine(folder.FullName, "libavutil.so.57"), "");

        var error = Assert.Throws<FFmpegLibraryException>(() => FFmpegLibraries.Load(folder.FullName));

        Assert.StartsWith($"libavutil.so.59 (FFmpeg 7.1) is not in '{folder.FullName}'; found instead: libavutil.so.57.", error.Message);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_library_that_is_there_but_cannot_be_loaded_says_the_loaders_reason()
    {
        var folder = Directory.CreateTempSubdirectory("tempsamp-libs-");
        File.WriteAllText(Path.Combine(folder.FullName, "libavutil.so.59"), "not a library");

        var error = Assert.Throws<FFmpegLibraryException>(() => FFmpegLibraries.Load(folder.FullName));

        Assert.Contains("is there but cannot be loaded", error.Message);
        Assert.Contains("too short", error.Message);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_library_that_is_not_FFmpegs_is_refused()
    {
        using var compiler = CCompiler.OrSkip();
        BuildLibrary(compiler, "libavutil.so.59", "int unrelated;");

        var error = Assert.Throws<FFmpegLibraryException>(() => FFmpegLibraries.Load(compiler.Folder));

        Assert.Contains("has no function avutil_version", error.Message);
    }

    [Fact]
    public void The_installed_libraries_are_accepted_once_and_not_from_a_second_folder()
    {
        SkipWithoutLibraries();

        Assert.Contains(FFmpegLibraries.Versions(), version => version.StartsWith("avformat 61.", StringComparison.Ordinal));
        var error = Assert.Throws<FFmpegLibraryException>(() => FFmpegLibraries.Ensure("/elsewhere"));

        Assert.Contains("cannot be loaded from '/elsewhere' as well", error.Message);
    }

    [Fact]
    public void A_failed_call_says_what_failed_and_why()
    {
        SkipWithoutLibraries();

        var error = new FFmpegException(ffmpeg.AVERROR_INVALIDDATA, "avformat_open_input", "'match.flv'");

        Assert.Equal("avformat_open_input failed for 'match.flv': Invalid data found when processing input (-1094995529)", error.Message);
    }

    [Fact]
    public void Lines_of_libavs_log_reach_the_sink()
    {
        SkipWithoutLibraries();
        var lines = new List<(int Level, string Text)>();
        FFmpegLog.RouteTo((level, text) => { lock (lines) { lines.Add((level, text)); } });

        unsafe
        {
            AVFormatContext* context = null;
            Assert.True(ffmpeg.avformat_alloc_output_context2(&context, null, null, "name.without-format") < 0);
        }
        FFmpegLog.RouteTo(null);

        Assert.Contains(lines, line => line.Level == ffmpeg.AV_LOG_ERROR && line.Text.Contains("name.without-format", StringComparison.Ordinal));
    }

    private static void SkipWithoutLibraries()
    {
        try
        {
            FFmpegLibraries.Ensure();
        }
        catch (FFmpegLibraryException error)
        {
            Assert.Skip(error.Message);
        }
    }

    private static void BuildLibrary(CCompiler compiler, string name, string source)
    {
        var (code, _, errors) = compiler.Run("gcc", "-shared", "-fPIC", "-o", Path.Combine(compiler.Folder, name), compiler.Write("stub.c", source));
        Assert.True(code == 0, errors);
    }
}
