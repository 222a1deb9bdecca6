using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>The JSON beside a stored clip: its whole state, as the ready event tells it. Written last, so a clip with a sidecar is whole.</summary>
internal static class ClipSidecar
{
    public static byte[] Write(ClipReady clip)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            JsonSerializer.Serialize(writer, clip, ContractsJson.Default.ClipReady);
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>Reads a sidecar and checks its clip against it; null when either is missing, damaged or another.</summary>
    public static ClipReady? ReadWhole(ClipPaths paths)
    {
        if (!File.Exists(paths.Sidecar) || !File.Exists(paths.Video)) return null;
        try
        {
            var clip = JsonSerializer.Deserialize(File.ReadAllBytes(paths.Sidecar), ContractsJson.Default.ClipReady)!;
            var main = clip.Media.First(file => file.Role == "main");
            return (main.Bytes, main.Sha256) == Digest(paths.Video) ? clip : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Size and SHA-256 of what a file holds, read from it.</summary>
    public static (long? Bytes, string? Sha256) Digest(string path)
    {
        using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return (file.Position, hash);
    }
}
