using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary>The progress line of a run.</summary>
public sealed class PolicyProgress(int steps, int from, Action<string> report)
{
    private const int Every = 10;
    private const int Cells = 20;
    private double _seconds;
    private int _tokens;

    /// <summary>Takes a step; shows a line now and then.</summary>
    public void Show(StepReport step)
    {
        (_seconds, _tokens) = (_seconds + step.Seconds, _tokens + step.Tokens);
        if (step.Step % Every != 0 && step.Step != steps) return;
        var left = TimeSpan.FromSeconds(_seconds / (step.Step - from) * (steps - step.Step));
        var bar = new string('#', Cells * step.Step / steps).PadRight(Cells, '.');
        report(string.Create(CultureInfo.InvariantCulture,
            $"[{bar}] step {step.Step}/{steps} loss {step.Loss:0.000} reward {step.Reward:0.000} IoU {step.IoU:0.000} unparsed {step.Unparsed:P0} skew {step.AdvantageSkewness:0.00} dead {step.DeadGroups:P0} entropy {step.Entropy:0.000} {_tokens / _seconds:0} tokens/s, {left:h\\:mm\\:ss} left"));
    }
}
