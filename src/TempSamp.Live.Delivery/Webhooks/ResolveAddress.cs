using System.Net;

namespace TempSamp.Live.Delivery;

/// <summary>Finds the addresses of a host that a webhook may be sent to; at least one. Throws with the reason and the fix when there is none.</summary>
public delegate Task<IReadOnlyList<IPAddress>> ResolveAddress(string host, CancellationToken cancel);
