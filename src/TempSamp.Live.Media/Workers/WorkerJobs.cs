using System.Text.Json.Serialization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What every worker is told: its bounds.</summary>
/// <param name="MemoryBytes">Most memory it may take.</param>
/// <param name="Heartbeat">How often it says that it lives.</param>
internal sealed record WorkerBounds(long MemoryBytes, TimeSpan Heartbeat);

/// <summary>The work of an ingest worker. The address, which may hold secrets, travels here and never on a command line.</summary>
/// <param name="Bounds">Its bounds.</param>
/// <param name="Id">The stream's name.</param>
/// <param name="Url">Where it comes from.</param>
/// <param name="Profile">The frames wanted; null to only tell what is in the stream.</param>
/// <param name="Options">How it is read.</param>
/// <param name="IsPublished">Whether its bytes come as messages, from a publisher of the service's own endpoint.</param>
/// <param name="SkipTo">How much of a recording is passed over, because a worker that was lost has read it.</param>
/// <param name="Bookmark">Where an earlier worker stopped reading a live stream; null to begin as a new one.</param>
internal sealed record IngestJob(WorkerBounds Bounds, string Id, string Url, WindowProfile? Profile, IngestOptions Options, bool IsPublished, MediaTime SkipTo, string? Bookmark);

/// <summary>One clip for a cut worker; its packets follow.</summary>
/// <param name="Bounds">The worker's bounds.</param>
/// <param name="Ingest">Bounds on what is decoded.</param>
/// <param name="Cut">How it is encoded.</param>
/// <param name="Order">What is cut, and the path it is written to.</param>
internal sealed record CutJob(WorkerBounds Bounds, IngestOptions Ingest, CutOptions Cut, ClipOrder Order);

/// <summary>Writes jobs and results without reflection, so that a worker starts fast.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(IngestJob))]
[JsonSerializable(typeof(StreamFacts))]
[JsonSerializable(typeof(CutJob))]
[JsonSerializable(typeof(ClipFile))]
internal sealed partial class WorkerJson : JsonSerializerContext;
