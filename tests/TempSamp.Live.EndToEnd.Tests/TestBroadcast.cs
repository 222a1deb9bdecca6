using System.Diagnostics;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>The first seconds of the bundled broadcast, packets unchanged.</summary>
internal static class TestBroadcast
{
    /// <summary>How long it is.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    private static readonly Lazy<Task<string>> s_file = new(MakeAsync);

    /// <summary>The file; made once a run.</summary>
    public static Task<string> FileAsync() => s_file.Value;

    private static async Task<string> MakeAsync()
    {
        var source = Path.Combine(SharedData.Repository!, "models", "demo-broadcast", "broadcast.mp4");
        Assert.SkipUnless(File.Exists(source), "models/demo-broadcast is not here: render it with tempsamp-train render");
        var file = Path.Combine(Directory.CreateTempSubdirectory("tempsamp-broadcast-").FullName, "short.mp4");
        using var ffmpeg = Process.Start("ffmpeg", ["-nostdin", "-v", "error", "-i", source, "-t", $"{Length.TotalSeconds:0}", "-c", "copy", file]);
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
        return file;
    }
}
