using TempSamp.Live.Benchmarks;
using TempSamp.Live.Media;
using TempSamp.Live.Media.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

if (WorkerProgram.TryRun(args, out var exitCode) || FuzzWorker.TryRun(args, out exitCode)) return exitCode;
return args.Any(arg => arg is "-automated" or "@@")
    ? await ConsoleRunner.Run(args)
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
