using TempSamp.Live.Host;

using var interrupt = new Interrupt(Console.Error);
return await CommandLine.RunAsync(args, Console.Out, Console.Error, !Console.IsErrorRedirected, interrupt.Token);
