using System.Globalization;

namespace TempSamp.Live.Media;

/// <summary>Where reading of a media playlist stopped: a later reader of the same list goes on there and repeats nothing.</summary>
/// <param name="Path">Which list: its address without what changes from one login to the next.</param>
/// <param name="First">Media sequence number that the list began with.</param>
/// <param name="Next">Media sequence number of the first segment that was not read.</param>
/// <param name="Discontinuity">Number of the run of timestamps that the last one belonged to.</param>
internal sealed record HlsPlace(string Path, long First, long Next, long Discontinuity)
{
    /// <summary>The place in a list.</summary>
    public static HlsPlace In(MediaPlaylist list, HlsSegment last) => new(Name(list), list.FirstSequence, last.Sequence + 1, last.Discontinuity);

    /// <summary>Whether a list is the one that the place is in.</summary>
    public bool IsIn(MediaPlaylist list) => Path == Name(list);

    /// <summary>Several places as one text.</summary>
    public static string Write(IEnumerable<HlsPlace> places) =>
        string.Join('\n', places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.First} {place.Next} {place.Discontinuity} {place.Path}")));

    /// <summary>Reads such a text; what is no place in it is left out.</summary>
    public static IReadOnlyList<HlsPlace> Read(string? text) => [.. (text ?? "").Split('\n').Select(Line).OfType<HlsPlace>()];

    private static HlsPlace? Line(string line) => line.Split(' ', 4) is [var first, var next, var run, var path]
        && Number(first) is { } from && Number(next) is { } then && Number(run) is { } discontinuity ? new(path, from, then, discontinuity) : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Name(MediaPlaylist list) => (list.Source ?? list.Url).ToString();
}
