using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TempSamp.Live.Delivery;

/// <summary>Signs requests as Standard Webhooks does: HMAC-SHA256 over id, time and body.</summary>
internal sealed class WebhookSignature(string secret)
{
    private const string Prefix = "whsec_";
    private const int FewestBytes = 24, MostBytes = 64;

    private readonly byte[][] _keys = [.. Parts(secret).Select(KeyOf)];

    /// <summary>What is wrong with a secret; null when it can be used.</summary>
    public static string? FaultOf(string secret)
    {
        var parts = Parts(secret);
        if (parts.Length == 0) return "requests must be signed";
        if (parts.Any(part => !part.StartsWith(Prefix, StringComparison.Ordinal) || !Base64.IsValid(part.AsSpan(Prefix.Length)))) return "not whsec_ and base64";
        return parts.Any(part => KeyOf(part).Length is < FewestBytes or > MostBytes) ? "it must have 24 to 64 bytes" : null;
    }

    /// <summary>The header: <c>v1,SIGNATURE</c>, one for each secret.</summary>
    public string Of(string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")), .. body];
        return string.Join(' ', _keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}"));
    }

    private static string[] Parts(string secret) => secret.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static byte[] KeyOf(string part) => Convert.FromBase64String(part[Prefix.Length..]);
}
