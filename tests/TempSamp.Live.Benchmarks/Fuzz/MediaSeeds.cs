using TempSamp.Live.Media;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>The container of a seed file, which decides how it is mutated.</summary>
public enum SeedKind
{
    /// <summary>FLV.</summary>
    Flv,

    /// <summary>MPEG-TS.</summary>
    Ts,

    /// <summary>MP4.</summary>
    Mp4,
}

/// <summary>An honest opening that mutations start from.</summary>
public sealed record MediaSeed(string Name, SeedKind Kind, byte[] Bytes);

/// <summary>Honest openings: small recordings made here, and the first bytes of the shared ones.</summary>
public static class MediaSeeds
{
    private const int Side = 64, Frames = 20, HeadBytes = 48 * 1024;

    private static readonly Dictionary<SeedKind, string> s_endings = new() { [SeedKind.Flv] = ".flv", [SeedKind.Ts] = ".ts", [SeedKind.Mp4] = ".mp4" };

    /// <summary>Ending of a container's files.</summary>
    public static string EndingOf(SeedKind kind) => s_endings[kind];

    /// <summary>Makes and reads the seeds, at least one of each kind, always in the same order.</summary>
    /// <param name="folder">Where recordings are made.</param>
    public static IReadOnlyDictionary<SeedKind, IReadOnlyList<MediaSeed>> Load(string folder) => s_endings.ToDictionary(
        kind => kind.Key, kind => (IReadOnlyList<MediaSeed>)[.. Made(kind.Key, folder), .. Shared(kind.Key)]);

    private static IEnumerable<MediaSeed> Made(SeedKind kind, string folder)
    {
        foreach (var bFrames in new[] { 0, 2 })
        {
            var path = Path.Combine(folder, $"seed-{bFrames}{s_endings[kind]}");
            using (var writer = VideoFileWriter.Create(path, new VideoFileOptions { Width = Side, Height = Side, FrameRate = new FrameRate(25), Preset = "ultrafast", GopSize = 10, BFrames = bFrames, SampleRate = 48_000, Channels = 1 }))
            {
                for (var i = 0; i < Frames; i++) writer.WriteFrame(Picture(i));
                writer.WriteSamples(new float[48_000 * Frames / 25]);
                writer.Finish();
            }

            yield return new(Path.GetFileName(path), kind, File.ReadAllBytes(path));
        }
    }

    private static IEnumerable<MediaSeed> Shared(SeedKind kind) => SharedData.Media is not { } media ? []
        : Directory.EnumerateFiles(media, $"*{s_endings[kind]}", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => new MediaSeed(Path.GetRelativePath(media, path), kind, Head(path)));

    private static byte[] Head(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[Math.Min(HeadBytes, file.Length)];
        file.ReadExactly(head);
        return head;
    }

    private static byte[] Picture(int number)
    {
        var rgb = new byte[Side * Side * 3];
        for (var i = 0; i < rgb.Length; i++) rgb[i] = (byte)((i / 3 % Side * 4) + (number * 8));
        return rgb;
    }
}
