using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Holds media back until its time has come, counted from the first wait.</summary>
/// <param name="time">The clock.</param>
/// <param name="speed">Media seconds per second.</param>
internal sealed class Pacer(TimeProvider time, double speed)
{
    private readonly double _speed = speed > 0 ? speed : throw new ArgumentOutOfRangeException(nameof(speed), speed, "the speed has to be positive");
    private long? _start;

    /// <summary>Waits until <paramref name="at"/> is due. A late caller is let through at once and catches up.</summary>
    public async ValueTask WaitAsync(MediaTime at, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _start ??= time.GetTimestamp();
        var wait = at.ToTimeSpan() / _speed - time.GetElapsedTime(_start.Value);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancel);
        }
    }
}
