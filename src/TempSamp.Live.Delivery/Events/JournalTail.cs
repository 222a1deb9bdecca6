using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>What a journal on disk says about where to go on: the sequences, and what was announced and never concluded.</summary>
internal sealed class JournalTail
{
    /// <summary>Highest sequence of each source.</summary>
    public Dictionary<string, long> Sequences { get; } = [];

    /// <summary>Clips that were detected, and neither ready nor failed, by id.</summary>
    public Dictionary<string, ClipDetected> OpenClips { get; } = [];

    /// <summary>Sessions that went online and not offline, by session id.</summary>
    public Dictionary<string, StreamReference> OpenSessions { get; } = [];

    /// <summary>Length of the whole lines; what follows was torn off by a crash.</summary>
    public long WholeLength { get; private set; }

    /// <summary>Lines that are not events; they are left alone.</summary>
    public int StrangeLines { get; private set; }

    public static JournalTail Read(Stream journal)
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
                tail.Take(line.GetBuffer().AsMemory(0, (int)line.Length));
                tail.WholeLength = at;
                line.SetLength(0);
            }
        }
        return tail;
    }

    private void Take(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var source = root.GetProperty("source").GetString()!;
            var sequence = long.Parse(root.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture);
            Sequences[source] = Math.Max(Sequences.GetValueOrDefault(source), sequence);
            Follow(root.GetProperty("type").GetString()!, root.GetProperty("subject").GetString()!, root.GetProperty("data"));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
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
