using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace TempSamp.Live.Delivery;

/// <summary>What a file holds, read from it once.</summary>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">In lower-case hexadecimal.</param>
/// <param name="ETag">What an S3 server calls this content when it is put in parts of <see cref="PartBytes"/>: MD5, or MD5 of the parts' MD5s and their number.</param>
internal sealed record FileDigest(long Bytes, string Sha256, string ETag)
{
    /// <summary>MD5 of all of it: what servers call it that keep no memory of parts.</summary>
    public string Md5 { get; init; } = "";

    /// <summary>Size of a part, as the Minio client cuts files up to 160 GB.</summary>
    public const int PartBytes = 16 << 20;

    /// <summary>Smallest file that the Minio client puts in parts, be it only one.</summary>
    private const int PartedBytes = 5 << 20;

    private const int Chunk = 1 << 18;

    /// <summary>Reads a file to its end.</summary>
    public static async Task<FileDigest> OfAsync(string path, CancellationToken cancel)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var (buffer, parts, at) = (ArrayPool<byte>.Shared.Rent(Chunk), new List<byte[]>(), 0L);
        try
        {
            while (await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(Chunk, PartBytes - (at % PartBytes))), at, cancel).ConfigureAwait(false) is var read and > 0)
            {
                sha256.AppendData(buffer, 0, read);
                md5.AppendData(buffer, 0, read);
                all.AppendData(buffer, 0, read);
                at += read;
                if (at % PartBytes == 0) parts.Add(md5.GetHashAndReset());
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (at % PartBytes > 0 || at == 0) parts.Add(md5.GetHashAndReset());
        return new(at, Convert.ToHexStringLower(sha256.GetHashAndReset()), ETagOf(at, parts)) { Md5 = Convert.ToHexStringLower(all.GetHashAndReset()) };
    }

    private static string ETagOf(long bytes, List<byte[]> parts) => bytes < PartedBytes
        ? Convert.ToHexStringLower(parts[0])
        : string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData([.. parts.SelectMany(part => part)]))}-{parts.Count}");
}
