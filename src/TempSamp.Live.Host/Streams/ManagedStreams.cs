using System.Text.Json;
using System.Text.Json.Nodes;

namespace TempSamp.Live.Host;

/// <summary>What was configured through the API: streams and query sets in the shape of the settings, and streams that are watched now whatever their schedule says.</summary>
/// <param name="Streams">Section <c>Streams</c>: id to settings.</param>
/// <param name="Queries">Section <c>Queries</c>: set to query id to settings.</param>
/// <param name="ArmedUntil">Stream id to the end of its being watched out of turn.</param>
internal sealed record ManagedStreams(
    IReadOnlyDictionary<string, JsonObject> Streams, IReadOnlyDictionary<string, JsonObject> Queries, IReadOnlyDictionary<string, DateTimeOffset> ArmedUntil)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.General) { WriteIndented = true };

    /// <summary>Nothing yet.</summary>
    public static readonly ManagedStreams None = new(new Dictionary<string, JsonObject>(), new Dictionary<string, JsonObject>(), new Dictionary<string, DateTimeOffset>());

    /// <summary>The settings as one more JSON source.</summary>
    public MemoryStream ToSettings() => new(JsonSerializer.SerializeToUtf8Bytes(new { Streams, Queries }));

    /// <summary>Reads a file written by <see cref="Save"/>; <see cref="None"/> where there is none.</summary>
    /// <exception cref="SettingsException">It is damaged.</exception>
    public static ManagedStreams Load(string path)
    {
        if (!File.Exists(path)) return None;
        try
        {
            return JsonSerializer.Deserialize<ManagedStreams>(File.ReadAllBytes(path), s_json) is { Streams: not null, Queries: not null, ArmedUntil: not null } read ? read
                : throw new JsonException("a part is missing");
        }
        catch (JsonException e)
        {
            throw new SettingsException([new SettingError(path, "", $"what the API stored is damaged ({e.Message})", "restore the file from a backup, or remove it to begin without streams of the API").ToString()], e);
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = path + ".partial";
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(this, s_json));
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>A dictionary with one entry put or, where it is null, taken out.</summary>
    public static IReadOnlyDictionary<string, T> With<T>(IReadOnlyDictionary<string, T> old, string key, T? value) where T : class
    {
        var changed = new Dictionary<string, T>(old);
        if (value is null) changed.Remove(key);
        else changed[key] = value;
        return changed;
    }
}
