using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;

namespace TempSamp.Live.Trainer;

/// <summary><c>metrics.jsonl</c> of a run: one <see cref="StepReport"/> a line, in the order of the steps; and the same as TensorBoard events under <c>tensorboard</c>.</summary>
public sealed class MetricsLog : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "metrics.jsonl";

    private readonly StreamWriter _lines;
    private readonly SummaryWriter _board;

    /// <summary>Opens the log of a run that goes on after <paramref name="step"/> steps; lines of later steps, written before a crash, are dropped.</summary>
    /// <remarks>TensorBoard events of a run that was cut off stay in their own file; TensorBoard shows the newer one of two values of a step.</remarks>
    public MetricsLog(string directory, int step)
    {
        TorchRuntime.Ensure(); // checksums of events are libtorch's
        var path = Path.Combine(directory, FileName);
        var kept = Read(directory).Where(r => r.Step <= step).Select(r => r.ToJson()).ToArray();
        File.WriteAllLines(path, kept);
        _lines = new(path, append: true) { AutoFlush = true };
        _board = torch.utils.tensorboard.SummaryWriter(Path.Combine(directory, "tensorboard"));
    }

    /// <summary>Appends a step.</summary>
    public void Write(StepReport report)
    {
        _lines.WriteLine(report.ToJson());
        foreach (var (tag, value) in report.Scalars()) _board.add_scalar(tag, (float)value, report.Step);
    }

    /// <summary>The steps of a run so far; a last line that a crash has cut is left out.</summary>
    public static IReadOnlyList<StepReport> Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return !File.Exists(path) ? [] : [.. File.ReadLines(path).Where(l => l.EndsWith('}')).Select(l => StepReport.FromJson(l)!)];
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
