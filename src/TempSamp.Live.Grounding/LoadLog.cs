using Microsoft.Extensions.Logging;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Says in the log how far a long load is: silent for a model that is there at once.</summary>
internal sealed partial class LoadLog(TimeProvider time, ILogger logger) : IProgress<LoadProgress>
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private long _said = time.GetTimestamp();

    /// <inheritdoc/>
    public void Report(LoadProgress value)
    {
        if (time.GetElapsedTime(_said) < Period) return;
        _said = time.GetTimestamp();
        LogProgress(value);
    }

    /// <summary>Says what is amiss with a model that loaded.</summary>
    public void Loaded(GroundingModel model)
    {
        if (model.CalibrationFault is { } fault) LogUncalibrated(fault);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Fault}")]
    private partial void LogUncalibrated(string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Loading the model: {Progress}")]
    private partial void LogProgress(LoadProgress progress);
}
