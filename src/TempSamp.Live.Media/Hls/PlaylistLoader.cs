using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Loads playlists: the media playlists that a master names, and a live one again and again.</summary>
internal sealed class PlaylistLoader(ResourceReader resources, Deadline deadline)
{
    /// <summary>Loads a media playlist.</summary>
    /// <param name="url">Its address.</param>
    /// <param name="imported">Variables of the master playlist; null for none.</param>
    /// <param name="atMost">How long that may take.</param>
    /// <exception cref="StreamException">It cannot be had, is no media playlist, or is refused.</exception>
    public MediaPlaylist Load(StreamUrl url, IReadOnlyDictionary<string, string>? imported, TimeSpan atMost)
    {
        using var bytes = new MemoryStream();
        StreamUrl final;
        try
        {
            final = deadline.Wait(cancel => resources.FetchAsync(url, null, PlaylistLimits.Bytes, bytes, cancel), atMost);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            throw new StreamException($"Playlist {url} cannot be loaded: {e.Message}. Check the server.", "unreachable", e);
        }

        deadline.IsConnected = true;
        bytes.Position = 0;
        return PlaylistParser.Parse(PlaylistText.Read(bytes, final), final, resources.Policy, imported) as MediaPlaylist is { } list
            ? list with { Source = url, Imported = imported }
            : throw new StreamException($"Playlist {url} is named by a master playlist and is one itself. Name the inner one.", "invalid");
    }

    /// <summary>Loads a list that was loaded before.</summary>
    /// <exception cref="StreamException">As <see cref="Load"/>.</exception>
    public MediaPlaylist Reload(MediaPlaylist list, TimeSpan atMost) => Load(list.Source ?? list.Url, list.Imported, atMost);
}
