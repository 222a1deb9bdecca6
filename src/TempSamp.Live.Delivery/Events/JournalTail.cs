using System.Text.Json;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>What a journal on disk says about where to go on: which of the wanted events it holds, and what was announced and never concluded.</summary>
internal sealed class JournalTail
{
    /// <summary>Those of the wanted events that it holds, by id.</summary>
    public HashSet<string> Found { get; } = [];

    /// <summary>Clips that were detected, and neither ready nor failed, by id.</summary>
    public Dictionary<string, ClipDetected> OpenClips { get; } = [];

    /// <summary>Sessions that went online and not offline, by session id.</summary>
    public Dictionary<string, StreamReference> OpenSessions { get; } = [];

    /// <summary>Length of the whole lines; what follows was torn off by a crash.</summary>
    public long WholeLength { get; private set; }

    /// <summary>Lines that are not events; they are left alone.</summary>
    public int StrangeLines { get; private set; }

    /// <summary>Reads a whole journal.</summary>
    /// <param name="journal">From its start.</param>
    /// <param name="wanted">Ids of events to look for.</param>
    public static JournalTail Read(Stream journal, IReadOnlySet<string> wanted)
    {
        var tail = new JournalTail();
        var line = new MemoryStream();
        var buffer = new byte[1 << 16];
        var length = journal.Length;
        for (var at = 0L; at < length && journal.Read(buffer) is var read and > 0;)
        {
            for (var rest = buffer.AsSpan(0, read); rest.Length > 0;)
            {
                var end = rest.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                line.Write(part);
                at += part.Length + (end < 0 ? 0 : 1);
                rest = rest[(part.Length + (end < 0 ? 0 : 1))..];
                if (end < 0) break;
                tail.Take(line.GetBuffer().AsMemory(0, (int)line.Length), wanted);
                tail.WholeLength = at;
                line.SetLength(0);
            }
        }
        return tail;
    }

    private void Take(ReadOnlyMemory<byte> line, IReadOnlySet<string> wanted)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("id").GetString() is { } id && wanted.Contains(id)) Found.Add(id);
            Follow(root.GetProperty("type").GetString()!, root.GetProperty("subject").GetString()!, root.GetProperty("data"));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            StrangeLines++;
        }
    }

    private void Follow(string type, string subject, JsonElement data)
    {
        switch (type)
        {
            case EventTypes.ClipDetected: OpenClips[subject] = data.Deserialize(ContractsJson.Default.ClipDetected)!; break;
            case EventTypes.ClipReady or EventTypes.ClipFailed: OpenClips.Remove(subject); break;
            case EventTypes.StreamOnline: OpenSessions[subject] = data.Deserialize(ContractsJson.Default.StreamStatusChanged)!.Stream; break;
            case EventTypes.StreamOffline: OpenSessions.Remove(subject); break;
        }
    }
}
