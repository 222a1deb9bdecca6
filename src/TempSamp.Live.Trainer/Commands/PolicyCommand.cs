using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train grpo</c> and <c>tempsamp-train tempsamp</c>: reinforcement on groups of solutions.</summary>
public static class PolicyCommand
{
    /// <summary>The verb of a method.</summary>
    public static Command Create(string name, PolicyMethod method, string description)
    {
        var flags = new PolicyFlags("answer:200");
        var command = new Command(name, description);
        flags.AddTo(command, method);
        command.SetAction((parse, cancel) => RunAsync(flags, parse, method, cancel));
        return command;
    }

    /// <summary>Trains as the flags say.</summary>
    internal static Task<int> RunAsync(PolicyFlags flags, ParseResult parse, PolicyMethod method, CancellationToken cancel)
    {
        var (options, run, cache) = (flags.Options(parse, method), flags.Places(parse), flags.Cache(parse));
        var clock = Stopwatch.StartNew();
        return Task.Run(() =>
        {
            new PolicyRun(run, options, line => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} {line}"))) { Cache = cache }.Run(cancel);
            return 0;
        }, CancellationToken.None); // off this thread, so that Ctrl-C is heard
    }

    /// <summary>Reads <c>answer:200,think:100</c>.</summary>
    /// <exception cref="TrainerException">It is spelt otherwise.</exception>
    public static IReadOnlyList<PolicyPhase> Phases(string text) => [.. text.Split(',').Select(part => part.Split(':') switch
    {
        ["answer", var n] when int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0 => new PolicyPhase(steps, Thinking: false),
        ["think", var n] when int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0 => new PolicyPhase(steps, Thinking: true),
        _ => throw new TrainerException($"--phases '{text}': '{part}' is neither answer:STEPS nor think:STEPS. Write them as answer:200,think:100."),
    })];
}
