using System.Security.Cryptography;
using System.Text;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Tells wordings apart: two verdicts with one digest were asked the same in every letter.</summary>
internal static class PromptDigest
{
    /// <summary>Sixteen hexadecimal digits over everything a model is told about a query.</summary>
    public static string Of(GroundingPrompt prompt, string query) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt.PrefixText + prompt.SuffixText(prompt.Span(query)) + prompt.SuffixText(prompt.Presence(query)))))[..16];
}
