namespace TempSamp.Live.Host.Tests;

/// <summary>Runs the command line inside the test process.</summary>
internal static class Cli
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error, errorIsTerminal: false, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
