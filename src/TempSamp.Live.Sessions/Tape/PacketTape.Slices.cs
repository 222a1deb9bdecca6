using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <content>Handing out ranges when they have been read.</content>
public sealed partial class PacketTape
{
    /// <summary>How much later than video a source may deliver the audio of the same instant.</summary>
    private static readonly TimeSpan _interleave = TimeSpan.FromSeconds(1);

    private readonly List<Waiter> _waiters = [];

    /// <summary>Waits until every packet of the range has been read, or the stream has ended, and hands them out.</summary>
    /// <exception cref="ClipException">
    /// <c>evicted</c>: the tape no longer holds the start; <c>no-key-frame</c>, <c>no-random-access</c>: no picture of the range can be decoded;
    /// <c>restart</c>: the range had not reached the disk when the program was killed.
    /// </exception>
    public async Task<TapeSlice> SliceAsync(TimeRange range, CancellationToken cancel)
    {
        await WaitAsync(range.End, cancel);
        (TapePiece Piece, IReadOnlyList<MediaPacket>? Packets, PieceLocation? Where)? before;
        List<(TapePiece Piece, IReadOnlyList<MediaPacket>? Packets, PieceLocation? Where)> chosen;
        lock (_gate)
        {
            if (range.Start >= _lostFrom) throw new ClipException($"range {range}: its packets were lost when the service ended without saying so", "restart");
            var (early, pieces) = TapeCut.Choose(_pieces, range, _evictedTo);
            before = early is null ? null : Seen(early);
            chosen = pieces.ConvertAll(Seen);
        }
        var first = before is { } part ? (part.Piece, Loaded(part)) : default((TapePiece, IReadOnlyList<MediaPacket>)?);
        return TapeCut.Slice(first, chosen.ConvertAll(piece => (piece.Piece, Loaded(piece))), range);

        (TapePiece, IReadOnlyList<MediaPacket>?, PieceLocation?) Seen(TapePiece piece) => (piece, piece == _open ? [.. piece.Packets!] : piece.Packets, piece.Location);

        IReadOnlyList<MediaPacket> Loaded((TapePiece Piece, IReadOnlyList<MediaPacket>? Packets, PieceLocation? Where) piece) =>
            piece.Packets ?? TapeFolder.Load(piece.Where!) ?? throw TapeCut.Evicted(range, piece.Piece.End);
    }

    private async Task WaitAsync(MediaTime until, CancellationToken cancel)
    {
        var waiter = new Waiter(until, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiters.Add(waiter);
            Release();
        }
        try
        {
            await waiter.Done.Task.WaitAsync(cancel);
        }
        finally
        {
            lock (_gate) _waiters.Remove(waiter);
        }
    }

    private void Release()
    {
        foreach (var waiter in _waiters.Where(waiter => _ended || IsRead(waiter.Until))) waiter.Done.TrySetResult();
    }

    /// <summary>Whether all packets of an instant have been read: every track is past it, or video so far that the rest must be silent.</summary>
    private bool IsRead(MediaTime until) =>
        VideoTrack() is { } video && _reached.TryGetValue(video, out var at) && at >= until
        && (at >= until + _interleave || _tracks.Keys.All(track => _reached.TryGetValue(track, out var reached) && reached >= until));

    private sealed record Waiter(MediaTime Until, TaskCompletionSource Done);
}
