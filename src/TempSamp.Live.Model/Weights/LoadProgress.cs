using System.Globalization;

namespace TempSamp.Live.Model;

/// <summary>How far the weights of a model are read.</summary>
/// <param name="Done">Bytes of the files copied so far.</param>
/// <param name="Total">Bytes to copy.</param>
/// <param name="File">The file being read, without its folder.</param>
public readonly record struct LoadProgress(long Done, long Total, string File)
{
    /// <summary>For people, such as <c>7.1 of 16.6 GB read, 43 % (model-00002-of-00005.safetensors)</c>.</summary>
    public override string ToString()
    {
        var (unit, name) = Total >= 1_000_000_000 ? (1e9, "GB") : (1e6, "MB");
        return string.Create(CultureInfo.InvariantCulture, $"{Done / unit:0.0} of {Total / unit:0.0} {name} read, {(Total == 0 ? 100 : 100 * Done / Total)} % ({File})");
    }
}
