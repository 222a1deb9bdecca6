using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train experiment</c>: compares ways to train at the same start, data and steps.</summary>
public static class ExperimentCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var plan = new Argument<FileInfo>("plan") { Description = "JSON file of the comparison, such as models/experiments/shaping.json." };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder of results.jsonl, table.md and every run's metrics; finished runs in it are not run again.", Required = true };
        var command = new Command("experiment", "Compares ways to train a model, over several seeds.") { plan, output };
        command.SetAction((parse, cancel) =>
        {
            var read = ExperimentPlan.Read(parse.GetValue(plan)!.FullName);
            var folder = parse.GetValue(output)!.FullName;
            var clock = Stopwatch.StartNew();
            return Task.Run(() =>
            {
                var results = new Experiment(read, folder, line => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} {line}"))).Run(cancel);
                var table = ExperimentTable.Lines(results, read.Baseline ?? read.Arms[0].Name).ToList();
                File.WriteAllLines(Path.Combine(folder, "table.md"), table);
                foreach (var line in table) Console.WriteLine(line);
                return 0;
            }, CancellationToken.None); // off this thread, so that Ctrl-C is heard
        });
        return command;
    }
}
