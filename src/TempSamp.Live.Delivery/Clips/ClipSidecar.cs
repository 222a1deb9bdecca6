using System.Text.Encodings.Web;
using System.Text.Json;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>The JSON beside a stored clip: its whole state, as the ready event tells it. Stored last, so a clip with a sidecar is whole.</summary>
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

    /// <summary>Reads a sidecar and checks the clip beside it against it; null when either is missing, damaged or another.</summary>
    public static async Task<ClipReady?> ReadWholeAsync(string path, CancellationToken cancel)
    {
        var video = Path.ChangeExtension(path, ".mp4");
        if (!File.Exists(path) || !File.Exists(video)) return null;
        try
        {
            var clip = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancel), ContractsJson.Default.ClipReady)!;
            var main = clip.Media.First(file => file.Role == "main");
            var held = await FileDigest.OfAsync(video, cancel);
            return (main.Bytes, main.Sha256) == (held.Bytes, held.Sha256) ? clip : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
