using System.Text.Json.Serialization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>How a session's facts are written beside its tape.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SessionIdentity))]
[JsonSerializable(typeof(TrackFormat[]))]
[JsonSerializable(typeof(ClipPlan))]
internal sealed partial class TapeJson : JsonSerializerContext;
