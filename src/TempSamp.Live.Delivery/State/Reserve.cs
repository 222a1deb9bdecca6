namespace TempSamp.Live.Delivery;

/// <summary>Room kept back on the disk as a file of zeros: given up slice by slice when the disk is full, so that what the full disk costs can still be written down.</summary>
internal sealed class Reserve
{
    /// <summary>Most that is kept back: room for some thousand events.</summary>
    private const long Most = 8 << 20;

    /// <summary>On a small disk, one part in so many of its free space is kept back.</summary>
    private const int Part = 4;

    /// <summary>It is given up in so many slices, so that whoever else writes to the disk does not take it all at once.</summary>
    private const int Slices = 16;

    private static readonly TimeSpan _between = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeProvider _time;
    private long _full, _held;
    private long _triedAt;

    public Reserve(string folder, TimeProvider time)
    {
        (_path, _time) = (Path.Combine(folder, ".reserve"), time);
        Hold();
    }

    /// <summary>Gives a slice up. False when nothing is left.</summary>
    public bool Release()
    {
        if (_held == 0) return false;
        _held = Math.Max(0, _held - Math.Max(_full / Slices, Environment.SystemPageSize));
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write);
        file.SetLength(_held);
        _triedAt = _time.GetTimestamp();
        return true;
    }

    /// <summary>Takes room again once there is plenty; looks from time to time only.</summary>
    public void Restore()
    {
        if (_held == _full || _time.GetElapsedTime(_triedAt) < _between) return;
        _triedAt = _time.GetTimestamp();
        Hold();
    }

    private void Hold()
    {
        var free = new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace + _held;
        var wanted = Math.Min(Most, free / Part);
        if (wanted <= _held) return;
        try
        {
            File.Delete(_path);
            _held = 0;
            using (new FileStream(_path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = wanted })) { }
            using (var file = new FileStream(_path, FileMode.Open, FileAccess.Write)) file.SetLength(wanted);
            _full = _held = wanted;
        }
        catch (IOException)   // somebody was faster: then there is none until the next look
        {
            _full = Math.Max(_full, wanted);
        }
    }
}
