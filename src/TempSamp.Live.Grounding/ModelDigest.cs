using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TempSamp.Live.Grounding;

/// <summary>Tells checkpoints apart without reading gigabytes: names, lengths and one page in every mebibyte of the weights, and the configuration.</summary>
internal static class ModelDigest
{
    private const int Page = 4096;
    private const int Stride = 1 << 20;

    /// <summary>Sixteen hexadecimal digits; training a model any further changes them.</summary>
    public static string Of(string directory)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var page = new byte[Page];
        foreach (var path in Directory.GetFiles(directory, "*.safetensors").Append(Path.Combine(directory, "config.json")).Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path)));
            BinaryPrimitives.WriteInt64LittleEndian(page, file.Length);
            hash.AppendData(page, 0, sizeof(long));
            for (long at = 0; at < file.Length; at += Stride)
            {
                file.Position = at;
                hash.AppendData(page, 0, file.ReadAtLeast(page, Page, throwOnEndOfStream: false));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
