using System.CommandLine;

namespace TempSamp.Live.Trainer;

/// <summary>The <c>tempsamp-train</c> program: one command per verb, each in its own file under Commands.</summary>
public static class Program
{
    /// <summary>Exit codes: 0 success, 1 a failure that is explained, 2 bad usage.</summary>
    public static int Main(string[] args)
    {
        var root = new RootCommand("Renders broadcasts, trains grounding models on them and scores what they answer.")
        {
            ScoreCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0) return parsed.Invoke();
        foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
        Console.Error.WriteLine("Run tempsamp-train --help, or a verb with --help.");
        return 2;
    }
}
