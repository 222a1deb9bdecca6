using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The files that a cut makes: all beside the MP4, under its name with other endings.</summary>
internal sealed class ClipFiles(string video)
{
    private static readonly string[] s_endings = [".m3u8", ".hls.mp4", ".sprite.jpg", ".sprite.vtt"];

    private readonly List<string> _made = [];

    /// <summary>The MP4 while it is not whole.</summary>
    public string Unfinished { get; } = video + ".part";

    /// <summary>The poster.</summary>
    public string Poster { get; } = Path.ChangeExtension(video, ".jpg");

    /// <summary>What was made beside MP4 and poster.</summary>
    public IReadOnlyList<string> Extras => _made;

    /// <summary>Makes what a form asks for beside the MP4.</summary>
    /// <exception cref="FFmpegException">Something cannot be written.</exception>
    public void MakeExtras(ClipContents clip, ClipForm form, CutOptions options, long maxPixels, CancellationToken cancel)
    {
        if (form.Hls)
        {
            var playlist = Path.ChangeExtension(video, ".m3u8");
            _made.AddRange([playlist, HlsClip.Write(clip, playlist, options.HlsSegment, cancel)]);
        }

        if (form.Sprite)
        {
            var (sheet, track) = (Path.ChangeExtension(video, ".sprite.jpg"), Path.ChangeExtension(video, ".sprite.vtt"));
            if (SpriteSheet.Save(clip, maxPixels, sheet, track, cancel)) _made.AddRange([sheet, track]);
        }
    }

    /// <summary>Removes everything that was begun.</summary>
    public void Delete()
    {
        foreach (var path in (string[])[Unfinished, Poster, .. s_endings.Select(ending => Path.ChangeExtension(video, ending))]) File.Delete(path);
    }
}
