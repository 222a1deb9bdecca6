namespace TempSamp.Live.Media;

/// <summary>The FFmpeg libraries on this machine cannot be used. The message names what was found, what is wanted, and the fix.</summary>
public sealed class FFmpegLibraryException(string message) : Exception(message);
