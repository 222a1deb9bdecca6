using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// The parameter sets that an H.264 or HEVC stream without a container's header (Annex B) carries before its key frames. A stream that changes
/// its size or its encoder shows it here and nowhere else.
/// </summary>
internal sealed class InBandSets
{
    private readonly Func<byte, Unit> _kindOf;
    private readonly bool _isAnnexB;
    private byte[] _known;

    /// <summary>Starts with the sets of the track's configuration.</summary>
    public InBandSets(TrackFormat track)
    {
        _kindOf = track.Codec == "hevc" ? Hevc : Avc;
        _isAnnexB = track.Codec is "h264" or "hevc" && (track.CodecConfig.IsEmpty || track.CodecConfig.Span[0] == 0);
        _known = _isAnnexB ? SetsIn(track.CodecConfig.Span) : [];
    }

    /// <summary>The newest sets; empty before the first.</summary>
    public byte[] Known => _known;

    private enum Unit { Other, Set, Picture }

    /// <summary>The sets that a key frame brings along when they are others than before; null when they are the same or there are none.</summary>
    public byte[]? Changed(ReadOnlySpan<byte> keyFrame)
    {
        if (!_isAnnexB) return null;
        var sets = SetsIn(keyFrame);
        if (sets.Length == 0 || sets.AsSpan().SequenceEqual(_known)) return null;
        var isFirst = _known.Length == 0;
        _known = sets;
        return isFirst ? null : sets;
    }

    // The sequence's sets, each behind a start code, up to the first picture.
    private byte[] SetsIn(ReadOnlySpan<byte> stream)
    {
        using var sets = new MemoryStream();
        for (var rest = AfterStartCode(stream); !rest.IsEmpty;)
        {
            var kind = _kindOf(rest[0]);
            if (kind == Unit.Picture) break;
            var next = AfterStartCode(rest);
            if (kind == Unit.Set)
            {
                var unit = (next.IsEmpty ? rest : rest[..^(next.Length + 3)]).TrimEnd((byte)0);
                sets.Write([0, 0, 0, 1]);
                sets.Write(unit);
            }

            rest = next;
        }

        return sets.ToArray();
    }

    private static ReadOnlySpan<byte> AfterStartCode(ReadOnlySpan<byte> stream)
    {
        var at = stream.IndexOf([(byte)0, (byte)0, (byte)1]);
        return at < 0 ? default : stream[(at + 3)..];
    }

    private static Unit Avc(byte header) => (header & 0x1F) switch { 7 or 8 => Unit.Set, >= 1 and <= 5 => Unit.Picture, _ => Unit.Other };

    private static Unit Hevc(byte header) => ((header >> 1) & 0x3F) switch { >= 32 and <= 34 => Unit.Set, < 32 => Unit.Picture, _ => Unit.Other };
}
