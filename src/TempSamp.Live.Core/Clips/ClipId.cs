using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TempSamp.Live.Core;

/// <summary>Names of clips: the same moment of the same session always has the same name, so that telling it twice never makes two clips.</summary>
public static class ClipId
{
    /// <summary>24 hexadecimal digits of a SHA-256 over stream, session, query and span: safe in URLs and file names.</summary>
    public static string For(string streamId, string sessionId, string queryId, TimeRange span)
    {
        var named = string.Create(CultureInfo.InvariantCulture, $"{streamId}\n{sessionId}\n{queryId}\n{span.Start.Ticks}\n{span.End.Ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)).AsSpan(0, 12));
    }
}
