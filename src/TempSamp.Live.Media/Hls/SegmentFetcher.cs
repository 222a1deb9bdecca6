using System.Security.Cryptography;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A segment's bytes.</summary>
/// <param name="Bytes">Decrypted; less than the whole when <paramref name="IsCut"/>.</param>
/// <param name="Kind">What they are.</param>
/// <param name="Map">The initialisation section; null when there is none.</param>
/// <param name="Timestamp">Where packed audio starts, in 1/90000 s; null when the bytes have times of their own.</param>
/// <param name="IsCut">Whether the end is missing although it was asked for again and again.</param>
internal sealed record SegmentBytes(byte[] Bytes, SegmentKind Kind, byte[]? Map, long? Timestamp, bool IsCut);

/// <summary>
/// Reads segments, initialisation sections and keys, whole and decrypted. A part that fails is asked for again: for three target durations
/// when the server cannot be reached or breaks off, a few times when it says that there is no such thing.
/// </summary>
internal sealed class SegmentFetcher(ResourceReader resources, IngestOptions options, Deadline deadline)
{
    private const int KeyBytes = 16, MostKeyBytes = 1024, MostKeys = 64, MostRefusals = 3, MostMapBytes = 8_000_000;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(250), s_longestPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<StreamUrl, byte[]> _keys = [];
    private (StreamUrl Url, ByteRange? Range, byte[] Bytes)? _map;

    /// <summary>How long a part that cannot be reached is asked for.</summary>
    public TimeSpan Persistence { get; set; } = s_longestPause;

    /// <summary>Reads a segment.</summary>
    /// <exception cref="StreamException">It cannot be had; <c>forbidden</c> and <c>invalid</c> are for good.</exception>
    public SegmentBytes Read(HlsSegment segment)
    {
        var map = segment.Map is { } wanted ? MapOf(wanted, segment.Sequence) : null;
        var (bytes, isCut) = Fetch(segment.Url, segment.Range, PlaylistLimits.SegmentBytes, mayBeCut: true);
        if (segment.Key is { } key) bytes = Decrypt(bytes, key, segment.Sequence, isCut, segment.Url);
        var kind = SegmentSniffer.KindOf(bytes, out var tag, out var timestamp);
        if (kind == SegmentKind.Unknown) throw new StreamException($"{segment.Url} holds no media that is read here", "damaged");
        if (kind == SegmentKind.Fragment && !SegmentSniffer.IsWhole(bytes.AsSpan(tag))) throw new StreamException($"{segment.Url} {(isCut ? "breaks off" : "is no whole fragment")}", "damaged");
        if (isCut && kind == SegmentKind.Transport) bytes = bytes[..(bytes.Length - (bytes.Length % SegmentSniffer.TransportPacket))];
        return new SegmentBytes(tag > 0 ? bytes[tag..] : bytes, kind, map, timestamp, isCut);
    }

    private byte[] MapOf(HlsMap map, long sequence)
    {
        if (_map is { } known && known.Url == map.Url && known.Range == map.Range) return known.Bytes;
        var (bytes, _) = Fetch(map.Url, map.Range, MostMapBytes, mayBeCut: false);
        if (map.Key is { } key) bytes = Decrypt(bytes, key, sequence, isCut: false, map.Url);
        _map = (map.Url, map.Range, bytes);
        return bytes;
    }

    private byte[] Decrypt(byte[] bytes, HlsKey key, long sequence, bool isCut, StreamUrl url)
    {
        using var aes = Aes.Create();
        aes.Key = KeyOf(key.Url);
        var iv = key.Iv;
        if (iv is null) System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian((iv = new byte[KeyBytes]).AsSpan(8), sequence);
        if (isCut) bytes = bytes[..(bytes.Length - (bytes.Length % KeyBytes))];
        try
        {
            return aes.DecryptCbc(bytes, iv, isCut ? PaddingMode.None : PaddingMode.PKCS7);
        }
        catch (CryptographicException e)
        {
            throw new StreamException($"{url} cannot be decrypted: {e.Message}", "damaged", e);
        }
    }

    private byte[] KeyOf(StreamUrl url)
    {
        if (_keys.TryGetValue(url, out var known)) return known;
        var (key, _) = Fetch(url, null, MostKeyBytes, mayBeCut: false);
        if (key.Length != KeyBytes) throw new StreamException($"Key {url} has {key.Length} bytes instead of {KeyBytes}. Check what the server sends.", "invalid");
        if (_keys.Count >= MostKeys) _keys.Clear();
        return _keys[url] = key;
    }

    private (byte[] Bytes, bool IsCut) Fetch(StreamUrl url, ByteRange? range, int mostBytes, bool mayBeCut)
    {
        var began = deadline.Time.GetTimestamp();
        var most = Array.Empty<byte>();
        var pause = s_firstPause;
        for (var attempt = 1; ; attempt++)
        {
            using var into = new MemoryStream();
            Exception failure;
            try
            {
                deadline.Wait(cancel => resources.FetchAsync(url, range, mostBytes, into, cancel), options.ReadTimeout);
                deadline.IsConnected = true;
                return (into.ToArray(), false);
            }
            catch (Exception e) when (e is TimeoutException or IOException or StreamException { Reason: "unreachable" or "refused" })
            {
                failure = e;
            }

            if (into.Length > most.Length) most = into.ToArray();
            if (!IsWorthAnother(url, failure, attempt, deadline.Time.GetElapsedTime(began)))
            {
                if (mayBeCut && most.Length > 0) return (most, true);
                throw failure as StreamException ?? new StreamException($"{url} cannot be read: {failure.Message}", "unreachable", failure);
            }

            deadline.Pause(pause);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    private bool IsWorthAnother(StreamUrl url, Exception failure, int attempt, TimeSpan elapsed)
    {
        if (url.Kind == StreamUrlKind.File) return false;
        return failure is StreamException { Reason: "refused" } ? attempt < MostRefusals && elapsed < Persistence : elapsed < Persistence;
    }
}
