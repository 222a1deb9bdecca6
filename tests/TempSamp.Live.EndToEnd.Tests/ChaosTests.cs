using System.Diagnostics;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>Tests that need the machine for themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>The short form of the benchmarks' chaos verb: real broker, real S3 server, pipeline in a process of its own, each killed, stopped and slowed.</summary>
[Collection(nameof(Alone))]
public class ChaosTests
{
    private const int Clips = 150, Seed = 7;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Nothing_is_lost_doubled_untrue_or_disordered_when_pipeline_store_and_broker_break_at_random()
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("kafka") is not null, ToolServer.WhyAbsent("kafka") ?? "");
        Assert.SkipWhen(ToolServer.WhyAbsent("s3proxy") is not null, ToolServer.WhyAbsent("s3proxy") ?? "");
        var program = Path.Combine(AppContext.BaseDirectory.Replace("TempSamp.Live.EndToEnd.Tests", "TempSamp.Live.Benchmarks", StringComparison.Ordinal), "TempSamp.Live.Benchmarks");
        Assert.SkipUnless(File.Exists(program), $"{program} is not built: build the whole solution");
        TestContext.Current.SendDiagnosticMessage("chaos with seed {0}", Seed);
        using var chaos = Process.Start(new ProcessStartInfo(program, ["chaos", "--clips", $"{Clips}", "--seed", $"{Seed}", "--pause", "0.7", "--json"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, error) = (chaos.StandardOutput.ReadToEndAsync(), chaos.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(s_patience, TimeProvider.System);
        try
        {
            await chaos.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!chaos.HasExited) chaos.Kill(entireProcessTree: true);
        }

        Assert.True(chaos.ExitCode == 0, $"{await output}\n{await error}");
        Assert.Contains($"\"accepted\":{Clips},", await output, StringComparison.Ordinal);
    }
}
