using System.Diagnostics;
using TempSamp.Live.EndToEnd.Tests;
using TempSamp.Live.Testing;

[assembly: AssemblyFixture(typeof(TestBroadcast))]

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>The first seconds of the bundled broadcast, packets unchanged; made once a run.</summary>
public sealed class TestBroadcast : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-broadcast-").FullName;

    /// <summary>How long it is.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    /// <summary>The MP4.</summary>
    public string File => Path.Combine(_folder, "short.mp4");

    public async ValueTask InitializeAsync()
    {
        var source = Path.Combine(SharedData.Repository!, "models", "demo-broadcast", "broadcast.mp4");
        using var ffmpeg = Process.Start("ffmpeg", ["-nostdin", "-v", "error", "-i", source, "-t", $"{Length.TotalSeconds:0}", "-c", "copy", File]);
        await ffmpeg.WaitForExitAsync();
        if (ffmpeg.ExitCode != 0) throw new InvalidOperationException($"{source} cannot be shortened");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }
}
