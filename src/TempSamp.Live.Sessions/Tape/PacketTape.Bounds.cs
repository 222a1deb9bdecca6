using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <content>What leaves a tape that is too long or too large, and what a pin holds.</content>
public sealed partial class PacketTape
{
    private readonly List<Pin> _pins = [];

    /// <summary>Keeps what the tape holds and will hold of a range until the pin is disposed.</summary>
    public IDisposable Hold(TimeRange range)
    {
        var pin = new Pin(this, range);
        lock (_gate) _pins.Add(pin);
        return pin;
    }

    private void Evict()
    {
        if (_pieces.Count == 0) return;
        _newest = MediaTime.Max(_newest, _pieces[^1].End);
        var oldest = _newest - bounds.Length;
        if (_memory <= bounds.Bytes && !IsDiskFull && _pieces[0].End > oldest) return;

        foreach (var piece in _pieces.Where(piece => piece is { Packets: not null, Location: not null }).TakeWhile(_ => _memory > bounds.Bytes)) Forget(piece);
        foreach (var piece in Unpinned())
            if (piece.End <= oldest || (_memory > bounds.Bytes && piece.Packets is not null) || (IsDiskFull && piece.Location is not null)) Remove(piece);
    }

    // Oldest first. A pinned part needs the parts before it, back to the key frame.
    private List<TapePiece> Unpinned()
    {
        var free = new List<TapePiece>();
        var isNeeded = false;
        for (var i = _pieces.Count - 1; i >= 0; i--)
        {
            var piece = _pieces[i];
            var isPinned = isNeeded || _pins.Exists(pin => piece.Meets(pin.Range));
            if (!isPinned && piece != _open) free.Add(piece);
            isNeeded = isPinned && !piece.IsKey;
        }
        free.Reverse();
        return free;
    }

    private bool IsDiskFull => _folder?.Bytes > bounds.DiskBytes;

    private void Forget(TapePiece piece)
    {
        _memory -= piece.Bytes;
        piece.Forget();
    }

    private void Remove(TapePiece piece)
    {
        _pieces.Remove(piece);
        if (piece.Packets is not null) _memory -= piece.Bytes;
        _evictedTo = MediaTime.Max(_evictedTo, piece.End);
        if (piece.Location is { } where) _folder!.Remove(where);
    }

    private sealed class Pin(PacketTape tape, TimeRange range) : IDisposable
    {
        public TimeRange Range { get; } = range;

        public void Dispose()
        {
            lock (tape._gate) tape._pins.Remove(this);
        }
    }
}
