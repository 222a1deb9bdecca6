using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Notes where a stream is damaged, as the container, the demuxer or the decoder see it: once for each second of damage.</summary>
/// <remarks>Used from the thread that reads and decodes. Pictures that are not decoded are not looked at.</remarks>
internal sealed class DamageNotes
{
    private static readonly MediaTime s_apart = MediaTime.FromSeconds(1);

    private readonly IPacketSink _tape;
    private MediaTime? _noted;
    private int _refused;

    /// <summary>Starts to listen on this thread.</summary>
    public DamageNotes(IPacketSink tape)
    {
        _tape = tape;
        FFmpegLog.Listen();
    }

    /// <summary>Looks at what reading and decoding a packet brought.</summary>
    /// <param name="at">The packet's place.</param>
    /// <param name="isDamaged">Whether the container says that bytes of it are missing or wrong.</param>
    /// <param name="refused">How many packets the decoder has refused so far.</param>
    public void Look(MediaTime at, bool isDamaged, int refused)
    {
        var complaint = FFmpegLog.TakeComplaint();
        var isRefused = refused > _refused;
        _refused = refused;
        if (complaint is null && !isDamaged && !isRefused) return;
        if (at < _noted + s_apart) return;
        _noted = at;
        var what = isRefused ? "A picture cannot be decoded" : isDamaged ? "Bytes are missing or wrong" : "The stream is damaged";
        _tape.Note(new StreamNote("corrupt", at, complaint is null ? $"{what}." : $"{what}: {SecretText.Printable(complaint)}."));
    }
}
