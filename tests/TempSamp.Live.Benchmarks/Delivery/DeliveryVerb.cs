using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>delivery [--json]</c>: the outbox alone, uploads beside the bare S3 client, publishing beside a bare producer; servers and baselines in one run.</summary>
public static class DeliveryVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("delivery", "Measures outbox transitions, uploads against the bare client, and latency to the broker against a bare producer.") { json };
        command.SetAction(async parse => Report(await RunAsync(), parse.GetValue(json)));
        return command;
    }

    /// <summary>Seconds that something takes.</summary>
    internal static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The value that a share of the values is not above.</summary>
    internal static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)Math.Min(values.Count - 1, Math.Ceiling(values.Count * share) - 1));

    private static async Task<Dictionary<string, double>> RunAsync()
    {
        var figures = new Dictionary<string, double> { ["load_average"] = Load() };
        await MeasureAsync("outbox", null, OutboxFigures.MeasureAsync, figures);
        await MeasureAsync("publishing", KafkaBroker.WhyAbsent, PublishFigures.MeasureAsync, figures);
        await MeasureAsync("uploads", ToolServer.WhyAbsent("s3proxy"), UploadFigures.MeasureAsync, figures);
        figures["load_average_at_the_end"] = Load();
        return figures;
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Measures one part and says how long it took, or why it cannot be measured here.</summary>
    private static async Task MeasureAsync(string part, string? whyNot, Func<Dictionary<string, double>, Task> measure, Dictionary<string, double> figures)
    {
        var seconds = whyNot is null ? await TimeAsync(() => measure(figures)) : 0;
        await Console.Error.WriteLineAsync(whyNot is null ? string.Create(CultureInfo.InvariantCulture, $"{part}: measured in {seconds:0} s") : $"{part}: not measured: {whyNot}");
    }

    private static void Report(Dictionary<string, double> figures, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(figures.ToDictionary(figure => figure.Key, figure => Math.Round(figure.Value, 3))));
        else foreach (var (name, value) in figures) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {value,12:0.000}"));
    }
}
