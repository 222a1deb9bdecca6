using TempSamp.Live.Host;
using TempSamp.Live.Media;

if (WorkerProgram.TryRun(args, out var exitCode)) return exitCode;

using var interrupt = new Interrupt(Console.Error);
return await CommandLine.RunAsync(args, Console.Out, Console.Error, !Console.IsErrorRedirected, interrupt.Token);
