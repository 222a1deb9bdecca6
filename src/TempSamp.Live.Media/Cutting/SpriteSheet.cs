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
        var tiles = new List<FrameHandle>();
        try
        {
            Decode(clip, every, maxPixels, tiles, cancel);
            if (tiles.Count == 0) return false;
            var (width, height, columns) = (Width(tiles[0]), Height(tiles[0]), Math.Min(Columns, tiles.Count));
            using (var whole = Compose(tiles, columns)) JpegEncoder.Save(sheet, whole);
            File.WriteAllText(track, Cues(tiles.Count, every, length, n => $"{Path.GetFileName(sheet)}#xywh={n % columns * width},{n / columns * height},{width},{height}"));
            return true;
        }
        finally
        {
            tiles.ForEach(tile => tile.Dispose());
        }
    }

    // The frame on screen at each instant: the last one that is shown by then.
    private static void Decode(ClipContents clip, MediaTime every, long maxPixels, List<FrameHandle> tiles, CancellationToken cancel)
    {
        using var decoder = new PictureDecoder(clip.Video.Format, maxPixels);
        decoder.Decode(clip.PicturesFrom(0), new(MediaTime.Zero, clip.Actual.Length), (frame, at) =>
        {
            if (at.Ticks >= tiles.Count * every.Ticks) tiles.Add(ShownPicture.Of(frame, clip.Video.Format, TileWidth));
        }, cancel);
    }

    private static FrameHandle Compose(List<FrameHandle> tiles, int columns)
    {
        var (width, height) = (Width(tiles[0]), Height(tiles[0]));
        var sheet = ShownPicture.Black(columns * width, (tiles.Count + columns - 1) / columns * height);
        for (var n = 0; n < tiles.Count; n++) ShownPicture.Put(tiles[n], sheet, n % columns * width, n / columns * height);
        return sheet;
    }

    private static unsafe int Width(FrameHandle picture) => picture.Pointer->width;

    private static unsafe int Height(FrameHandle picture) => picture.Pointer->height;

    private static string Cues(int count, MediaTime every, MediaTime length, Func<int, string> place)
    {
        var text = new StringBuilder("WEBVTT\n");
        for (var n = 0; n < count; n++)
            text.Append(CultureInfo.InvariantCulture, $"\n{Stamp(n * every.Ticks)} --> {Stamp(n + 1 < count ? (n + 1) * every.Ticks : length.Ticks)}\n{place(n)}\n");
        return text.ToString();
    }

    private static string Stamp(long ticks) => new MediaTime(ticks).ToTimeSpan().ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);
}
