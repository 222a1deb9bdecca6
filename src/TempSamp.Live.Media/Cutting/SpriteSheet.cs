using System.Globalization;
using System.Text;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Small pictures of a clip on one sheet, and the WebVTT that says when each is shown: what players preview while someone seeks.</summary>
internal static class SpriteSheet
{
    private const int TileWidth = 160, Columns = 10, MostTiles = 100;

    /// <summary>Writes sheet and WebVTT.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="sheet">The JPEG.</param>
    /// <param name="track">The WebVTT.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>False when no frame could be decoded.</returns>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the clip.</exception>
    public static bool Save(ClipContents clip, long maxPixels, string sheet, string track, CancellationToken cancel)
    {
        var length = clip.Actual.Length;
        var every = new MediaTime(MediaTime.TicksPerSecond * (long)Math.Ceiling(Math.Max(1, length.Seconds / MostTiles)));
        var tiles = Tiles(clip, every, maxPixels, cancel);
        if (tiles.Count == 0) return false;
        var (width, height) = (tiles[0].Width, tiles[0].Height);
        var columns = Math.Min(Columns, tiles.Count);
        JpegEncoder.Save(sheet, Compose(tiles, columns), columns * width, (tiles.Count + columns - 1) / columns * height);
        File.WriteAllText(track, Cues(tiles.Count, every, length, n => $"{Path.GetFileName(sheet)}#xywh={n % columns * width},{n / columns * height},{width},{height}"));
        return true;
    }

    // The frame on screen at each instant: the last one that is shown by then.
    private static List<ShownPicture> Tiles(ClipContents clip, MediaTime every, long maxPixels, CancellationToken cancel)
    {
        var tiles = new List<ShownPicture>();
        using var decoder = new PictureDecoder(clip.Video.Format, maxPixels);
        decoder.Decode(clip.PicturesFrom(0), new(MediaTime.Zero, clip.Actual.Length), (frame, at) =>
        {
            if (at.Ticks >= tiles.Count * every.Ticks) tiles.Add(ShownPicture.Of(frame, clip.Video.Format, TileWidth));
        }, cancel);
        return tiles;
    }

    private static byte[] Compose(List<ShownPicture> tiles, int columns)
    {
        var (width, height) = (tiles[0].Width, tiles[0].Height);
        var rows = (tiles.Count + columns - 1) / columns;
        var sheet = new byte[columns * width * rows * height * 3];
        for (var n = 0; n < tiles.Count; n++)
        {
            for (var y = 0; y < height; y++)
            {
                var to = (((n / columns * height) + y) * columns * width + (n % columns * width)) * 3;
                tiles[n].Rgb.AsSpan(y * width * 3, width * 3).CopyTo(sheet.AsSpan(to));
            }
        }

        return sheet;
    }

    private static string Cues(int count, MediaTime every, MediaTime length, Func<int, string> place)
    {
        var text = new StringBuilder("WEBVTT\n");
        for (var n = 0; n < count; n++)
            text.Append(CultureInfo.InvariantCulture, $"\n{Stamp(n * every.Ticks)} --> {Stamp(n + 1 < count ? (n + 1) * every.Ticks : length.Ticks)}\n{place(n)}\n");
        return text.ToString();
    }

    private static string Stamp(long ticks) => new MediaTime(ticks).ToTimeSpan().ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);
}
