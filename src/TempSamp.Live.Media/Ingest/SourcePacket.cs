using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A packet as the demuxer gave it, copied to managed memory.</summary>
/// <param name="Time">The source's times; <see cref="SourceTime.Track"/> is the track's index.</param>
/// <param name="IsKey">Whether decoding can start here.</param>
/// <param name="Data">The encoded bytes.</param>
/// <param name="NewConfig">The track's codec configuration from this packet on; null when it did not change.</param>
/// <param name="IsDamaged">Whether the demuxer knows that bytes are missing or wrong.</param>
internal readonly record struct SourcePacket(SourceTime Time, bool IsKey, byte[] Data, byte[]? NewConfig, bool IsDamaged = false);
