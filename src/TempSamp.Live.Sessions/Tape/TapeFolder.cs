using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>
/// A session on disk: its name, its closed pieces in files that only grow, and the clips that were planned and are not finished. While the folder exists
/// the session is not over: a daemon that finds one at its start was killed, and finishes it.
/// </summary>
/// <remarks>
/// <code>
///   SPILL/STREAM/SESSION/session.json    what it is
///                       /000001.tape     pieces, see PieceFormat; a new file every 16 MiB, the oldest files are deleted
///                       /CLIP.plan       a clip that was announced
/// </code>
/// Written by the reading loop without waiting for the disk: what was written outlives the program, not the machine. One thread writes and deletes;
/// any thread reads.
/// </remarks>
internal sealed class TapeFolder : IDisposable
{
    private const string SessionFile = "session.json", Pieces = ".tape", Plan = ".plan";
    private const long FileBytes = 16L << 20;

    private readonly Dictionary<string, (long Bytes, int Pieces)> _files = [];
    private SafeFileHandle? _file;
    private string _path = "";
    private long _length;
    private int _number;

    private TapeFolder(string folder, SessionIdentity session) => (Folder, Session) = (folder, session);

    public string Folder { get; }

    public SessionIdentity Session { get; }

    /// <summary>Bytes on disk.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes the folder of a new session.</summary>
    public static TapeFolder Create(string spill, SessionIdentity session)
    {
        var folder = Path.Combine(spill, session.StreamId, session.SessionId);
        Directory.CreateDirectory(folder);
        Save(Path.Combine(folder, SessionFile), JsonSerializer.SerializeToUtf8Bytes(session, TapeJson.Default.SessionIdentity));
        return new(folder, session);
    }

    /// <summary>Sessions that were not finished; folders that are none are left alone.</summary>
    public static IReadOnlyList<TapeFolder> Unfinished(string spill)
    {
        if (!Directory.Exists(spill)) return [];
        return [.. Directory.GetFiles(spill, SessionFile, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Open).OfType<TapeFolder>()];
    }

    /// <summary>Appends a closed piece.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public PieceLocation Append(TapePiece piece)
    {
        if (_file is null || _length >= FileBytes) Next();
        var record = PieceFormat.Write(piece);
        RandomAccess.Write(_file!, record, _length);
        var where = new PieceLocation(_path, _length, record.Length);
        _length += record.Length;
        Bytes += record.Length;
        _files[_path] = (_length, _files[_path].Pieces + 1);
        return where;
    }

    /// <summary>A piece has left the tape: a full file is deleted with its last one.</summary>
    public void Remove(PieceLocation where)
    {
        var (bytes, pieces) = _files[where.File];
        _files[where.File] = (bytes, pieces - 1);
        if (pieces == 1 && where.File != _path) Delete(where.File);
    }

    /// <summary>Every whole piece, oldest first, without packets.</summary>
    public IReadOnlyList<TapePiece> Recover()
    {
        var pieces = new List<TapePiece>();
        foreach (var path in Directory.GetFiles(Folder, "*" + Pieces).Order(StringComparer.Ordinal))
        {
            using var file = File.OpenHandle(path);
            for (long at = 0; ReadRecord(file, at) is { } record && PieceFormat.Read(record) is { } read; at += record.Length)
                pieces.Add(new(read.Head, read.Tracks, new(path, at, record.Length)));
        }
        return pieces;
    }

    /// <summary>The packets of a piece on disk; null when they are gone or damaged.</summary>
    public static List<MediaPacket>? Load(PieceLocation where)
    {
        try
        {
            using var file = File.OpenHandle(where.File);
            return ReadRecord(file, where.Offset) is { } record ? PieceFormat.Read(record)?.Packets : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Keeps an announced clip until it is finished.</summary>
    public void Keep(ClipPlan plan) => Save(PlanPath(plan.Id), JsonSerializer.SerializeToUtf8Bytes(plan, TapeJson.Default.ClipPlan));

    /// <summary>Whether a clip is kept.</summary>
    public bool Holds(string clipId) => File.Exists(PlanPath(clipId));

    /// <summary>The clip is ready or has failed, and that was told.</summary>
    public void Finished(string clipId) => File.Delete(PlanPath(clipId));

    /// <summary>Clips that were announced and not finished. One whose file cannot be read was not announced: it is written before.</summary>
    public IReadOnlyList<ClipPlan> Plans() =>
        [.. Directory.GetFiles(Folder, "*" + Plan).Order(StringComparer.Ordinal).Select(path => JsonSerializer.Deserialize(File.ReadAllBytes(path), TapeJson.Default.ClipPlan)!)];

    /// <summary>The session is over: nothing of it stays on disk.</summary>
    public void Delete()
    {
        Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private string PlanPath(string clipId) => Path.Combine(Folder, clipId + Plan);

    private static TapeFolder? Open(string sessionFile) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(sessionFile), TapeJson.Default.SessionIdentity) is { } session ? new(Path.GetDirectoryName(sessionFile)!, session) : null;

    private void Next()
    {
        _file?.Dispose();
        if (_files.TryGetValue(_path, out var full) && full.Pieces == 0) Delete(_path);
        _path = Path.Combine(Folder, $"{++_number:000000}{Pieces}");
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        (_length, _files[_path]) = (0, (0, 0));
    }

    private void Delete(string file)
    {
        File.Delete(file);
        Bytes -= _files[file].Bytes;
        _files.Remove(file);
    }

    private static byte[]? ReadRecord(SafeFileHandle file, long at)
    {
        var header = new byte[PieceFormat.HeaderLength];
        if (RandomAccess.Read(file, header, at) < header.Length || PieceFormat.LengthOf(header) is not { } length || at + length > RandomAccess.GetLength(file)) return null;
        var record = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = RandomAccess.Read(file, record.AsSpan(read), at + read);
            if (more == 0) return null;
            read += more;
        }
        return record;
    }

    // Whole or not at all: renamed when written.
    private static void Save(string path, byte[] bytes)
    {
        var part = path + ".part";
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }
}
