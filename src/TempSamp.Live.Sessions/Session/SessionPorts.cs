using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Everything outside that a session works with.</summary>
public sealed record SessionPorts(IStreamSource Source, IMomentFinder Finder, IClipCutter Cutter, IClipDelivery Delivery, IClipEvents Events, IVerdictLog? Verdicts = null);
