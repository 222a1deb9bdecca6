using System.Text;

namespace TempSamp.Live.Contracts;

/// <summary>
/// Remembers which events a consumer has handled, so that one that comes twice is handled once, and where it is to go on after a restart. Events come at
/// least once on every channel: a sender that got no answer sends again.
/// </summary>
/// <remarks>
/// With a file, an event that was handled is on its way to the disk when <see cref="Handled"/> returns: a crash of the consumer repeats at most the event
/// that it was about. One thread at a time.
/// </remarks>
public sealed class EventInbox : IDisposable
{
    /// <summary>How many ids are remembered when nothing else is said: days of events, a few megabytes.</summary>
    public const int DefaultRemembers = 100_000;

    private readonly int _remembers;
    private readonly string? _path;
    private readonly HashSet<string> _known = [];
    private readonly Queue<string> _order = new();
    private FileStream? _file;
    private int _lines;

    /// <summary>An inbox that lasts as long as the process: enough where another keeps the position, as Kafka does with the offsets of a group.</summary>
    /// <param name="remembers">How many of the newest ids are remembered.</param>
    public EventInbox(int remembers = DefaultRemembers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(remembers, 1);
        _remembers = remembers;
    }

    private EventInbox(string path, int remembers) : this(remembers)
    {
        _path = path;
        if (File.Exists(path)) ReadLines(File.ReadAllText(path));
        Rewrite();
    }

    /// <summary>Where to go on behind the newest handled event, as its channel calls the place; null before the first.</summary>
    public string? Position { get; private set; }

    /// <summary>An inbox that is kept in a file, which is made when it is absent. One process a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remembers">How many of the newest ids are remembered.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static EventInbox Open(string path, int remembers = DefaultRemembers) => new(path, remembers);

    /// <summary>Whether an event has not been handled yet.</summary>
    public bool IsNew(LiveEvent one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return !_known.Contains(KeyOf(one));
    }

    /// <summary>An event is handled; it is not new any more.</summary>
    /// <param name="one">The event.</param>
    /// <param name="position">Where to go on behind it; null keeps the place as it is.</param>
    public void Handled(LiveEvent one, string? position = null)
    {
        ArgumentNullException.ThrowIfNull(one);
        Position = position ?? Position;
        Remember(KeyOf(one));
        if (_file is null) return;
        if (++_lines > 2 * _remembers) Rewrite();
        else Append(_file, KeyOf(one));
        _file!.Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>Events are the same when source and id are (CloudEvents 1.0).</summary>
    private static string KeyOf(LiveEvent one) => $"{one.Source} {one.Id}";

    private void Remember(string key)
    {
        if (!_known.Add(key)) return;
        _order.Enqueue(key);
        if (_order.Count > _remembers) _known.Remove(_order.Dequeue());
    }

    /// <summary>Lines of <c>position TAB key</c>; what follows the last line's end was torn off by a crash.</summary>
    private void ReadLines(string text)
    {
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('\t') is not [var position, var key]) continue;
            if (position.Length > 0) Position = position;
            Remember(key);
        }
    }

    private void Rewrite()
    {
        _file?.Dispose();
        var partial = _path + ".partial";
        using (var made = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            foreach (var key in _order) Append(made, key);
        File.Move(partial, _path!, overwrite: true);
        _file = new(_path!, FileMode.Append, FileAccess.Write, FileShare.Read);
        _lines = _order.Count;
    }

    private void Append(FileStream file, string key) => file.Write(Encoding.UTF8.GetBytes($"{Position}\t{key}\n"));
}
