using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TempSamp.Live.Host;

/// <summary>Keys of the API: 32 random bytes, kept as their SHA-256. That much chance needs no slow hash.</summary>
internal static class ApiKey
{
    private const string KeyPrefix = "tsl_", HashPrefix = "sha256:";

    /// <summary>A new key.</summary>
    public static string Create() => KeyPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a key.</summary>
    public static string HashOf(string key) => HashPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Whether a text is the hash of a key.</summary>
    public static bool IsHash(string text) =>
        text.StartsWith(HashPrefix, StringComparison.Ordinal) && text.Length == HashPrefix.Length + 64 && text[HashPrefix.Length..].All(char.IsAsciiHexDigit);

    /// <summary>The caller whose key this is; null for nobody's. Takes the same time for every key.</summary>
    public static KeyValuePair<string, ApiKeyOptions>? Find(string key, IReadOnlyDictionary<string, ApiKeyOptions> callers)
    {
        var hash = Encoding.ASCII.GetBytes(HashOf(key));
        KeyValuePair<string, ApiKeyOptions>? found = null;
        foreach (var caller in callers)
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(caller.Value.Hash.ToLowerInvariant()))) found = caller;
        return found;
    }
}
