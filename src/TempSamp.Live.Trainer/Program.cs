using System.CommandLine;
using TempSamp.Live.Core;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>The <c>tempsamp-train</c> program: one command per verb, each in its own file under Commands.</summary>
public static class Program
{
    /// <summary>Exit codes: 0 success, 1 a failure that is explained, 2 bad usage.</summary>
    public static int Main(string[] args)
    {
        var root = new RootCommand("Renders broadcasts, trains grounding models on them and scores what they answer.")
        {
            RenderCommand.Create(),
            SftCommand.Create(),
            ScoreCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine("Run tempsamp-train --help, or a verb with --help.");
            return 2;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception explained) when (explained is TrainerException or ModelException or StreamException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(explained.Message);
            return 1;
        }
    }
}
