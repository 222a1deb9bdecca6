using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What every folder that the daemon filled must hold true.</summary>
internal static class Deliverables
{
    /// <summary>Checks every event and every clip.</summary>
    public static async Task CheckAsync(IReadOnlyList<JsonElement> events)
    {
        foreach (var e in events) CheckCloudEvent(e);
        Assert.Equal(events.Count, events.Select(e => e.GetProperty("id").GetString()).Distinct().Count());
        foreach (var ready in events.Where(e => LiveDaemon.Is(e, "clip.ready")))
        {
            Assert.Contains(events.TakeWhile(e => !e.Equals(ready)), e => LiveDaemon.Is(e, "clip.detected") && Subject(e) == Subject(ready));
            await CheckClipAsync(ready.GetProperty("data"));
        }
    }

    private static string? Subject(JsonElement e) => e.TryGetProperty("subject", out var subject) ? subject.GetString() : null;

    private static void CheckCloudEvent(JsonElement e)
    {
        Assert.Equal("1.0", e.GetProperty("specversion").GetString());
        foreach (var required in new[] { "id", "source", "type" }) Assert.NotEmpty(e.GetProperty(required).GetString()!);
        Assert.True(Uri.TryCreate(e.GetProperty("source").GetString(), UriKind.RelativeOrAbsolute, out _));
        Assert.True(DateTimeOffset.TryParse(e.GetProperty("time").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _));
        Assert.Equal("application/json", e.GetProperty("datacontenttype").GetString());
        Assert.Equal(JsonValueKind.Object, e.GetProperty("data").ValueKind);
        Assert.All(e.EnumerateObject(), attribute => Assert.Matches("^[a-z0-9]{1,20}$", attribute.Name));
    }

    private static async Task CheckClipAsync(JsonElement data)
    {
        var main = data.GetProperty("media").EnumerateArray().Single(file => file.GetProperty("role").GetString() == "main");
        var file = new Uri(main.GetProperty("uri").GetString()!).LocalPath;
        Assert.Equal(main.GetProperty("bytes").GetInt64(), new FileInfo(file).Length);
        Assert.Equal(main.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));

        var sidecar = JsonDocument.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(file, ".json"))).RootElement;
        Assert.Equal(data.GetProperty("clipId").GetString(), sidecar.GetProperty("clipId").GetString());
        Assert.True(new FileInfo(Path.ChangeExtension(file, ".jpg")).Length > 0, "no poster");

        Assert.Equal("", await MediaTools.DecodeAsync(file));
        var (startsOnKeyFrame, length, frame) = await MediaTools.InspectAsync(file);
        Assert.True(startsOnKeyFrame, $"{file} does not start on a key frame");
        var said = TimeSpan.FromMilliseconds(main.GetProperty("durationMs").GetInt64());
        Assert.True((length - said).Duration() <= frame + TimeSpan.FromMilliseconds(1), $"{file} shows {length}, its sidecar says {said}");
    }
}
