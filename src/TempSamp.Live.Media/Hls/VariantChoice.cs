namespace TempSamp.Live.Media;

/// <summary>Which quality of a programme is read.</summary>
public enum HlsVariantPolicy
{
    /// <summary>The tallest picture that is not taller than <see cref="IngestOptions.HlsMaxHeight"/>; the smallest when all are.</summary>
    Closest,

    /// <summary>The tallest picture.</summary>
    Highest,

    /// <summary>The smallest picture.</summary>
    Lowest,
}

/// <summary>
/// Puts the variants of a master playlist in the order in which they are tried. Variants without picture come last, then those above the
/// bandwidth limit; the rest by height as the policy says, H.264 before other codecs at the same height because clips of it are cut best,
/// and by bandwidth among equals. A list that names no heights is ordered by bandwidth.
/// </summary>
internal static class VariantChoice
{
    private static readonly string[] s_pictures = ["avc", "hvc", "hev", "av01", "vp0", "vp8", "vp9", "dvh", "dva", "mp4v"];

    /// <summary>The variants, best first.</summary>
    public static IReadOnlyList<HlsVariant> Order(MasterPlaylist master, IngestOptions options)
    {
        var byHeight = master.Variants.Any(v => v.Height > 0);
        long Size(HlsVariant v) => byHeight ? v.Height : v.Bandwidth;
        var limit = byHeight ? options.HlsMaxHeight : long.MaxValue;
        var isHigh = options.HlsVariant switch
        {
            HlsVariantPolicy.Highest => true,
            HlsVariantPolicy.Lowest => false,
            _ => master.Variants.Any(v => HasPicture(v) && Size(v) <= limit),
        };

        return [.. master.Variants
            .OrderByDescending(HasPicture)
            .ThenByDescending(v => options.HlsMaxBandwidth == 0 || v.Bandwidth <= options.HlsMaxBandwidth)
            .ThenByDescending(v => options.HlsVariant != HlsVariantPolicy.Closest || !isHigh || Size(v) <= limit)
            .ThenBy(v => isHigh ? -Size(v) : Size(v))
            .ThenByDescending(v => v.Codecs.Length == 0 || v.Codecs.Contains("avc", StringComparison.OrdinalIgnoreCase))
            .ThenBy(v => isHigh ? -v.Bandwidth : v.Bandwidth)];
    }

    /// <summary>The separate sound of a variant: the default rendition of its group, and those in the languages that are asked for; empty when the sound is inside.</summary>
    public static IReadOnlyList<HlsRendition> Sound(MasterPlaylist master, HlsVariant variant, IngestOptions options)
    {
        var group = master.Renditions.Where(r => r.Type == "AUDIO" && r.Group == variant.AudioGroup).ToList();
        if (group.Count == 0) return [];
        var wanted = group.Where(r => options.HlsAudioLanguages.Contains(r.Language, StringComparer.OrdinalIgnoreCase)).ToList();
        if (wanted.Count == 0) wanted = [group.FirstOrDefault(r => r.IsDefault) ?? group[0]];
        return [.. wanted.Where(r => r.Url is not null).DistinctBy(r => r.Url).Take(options.MaxAudioTracks)];
    }

    private static bool HasPicture(HlsVariant variant) =>
        variant.Height > 0 || variant.Codecs.Length == 0 || s_pictures.Any(p => variant.Codecs.Contains(p, StringComparison.OrdinalIgnoreCase));
}
