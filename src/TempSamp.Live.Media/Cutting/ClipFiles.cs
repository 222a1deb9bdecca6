namespace TempSamp.Live.Media;

/// <summary>The files of a clip: all beside its MP4, under its name with other endings.</summary>
internal sealed class ClipFiles(string video)
{
    /// <summary>The poster.</summary>
    public string Poster { get; } = Path.ChangeExtension(video, ".jpg");

    /// <summary>Removes what there is beside the MP4.</summary>
    public void Delete() => File.Delete(Poster);
}
