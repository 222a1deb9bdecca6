using Microsoft.Extensions.Logging;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace TempSamp.Live.Host.Tests;

public sealed class LogsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_gets_json_lines()
    {
        using (var log = Logs.Create(new() { File = Path.Combine(_folder.Path, "live.log") })) log.Information("{Count} clips", 3);

        var line = Assert.Single(File.ReadAllLines(Assert.Single(Directory.GetFiles(_folder.Path))));
        Assert.Contains("\"Count\":3", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_a_session_carry_its_stream_and_its_id()
    {
        using (var log = Logs.Create(new() { File = Path.Combine(_folder.Path, "live.log") }))
        using (var factory = new SerilogLoggerFactory(log))
        {
            var logger = factory.CreateLogger("any");
            using var scope = logger.BeginScope(new Dictionary<string, object> { ["Stream"] = "match", ["Session"] = "match-s1" });
            logger.Log(LogLevel.Information, default, "seen", null, (text, _) => text);
        }

        var line = Assert.Single(File.ReadAllLines(Assert.Single(Directory.GetFiles(_folder.Path))));
        Assert.Contains("\"Stream\":\"match\",\"Session\":\"match-s1\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Levels_follow_their_options()
    {
        using var log = Logs.Create(new() { Level = LogLevel.Warning, Levels = new() { ["TempSamp.Live.Media"] = LogLevel.Debug } });

        Assert.False(log.IsEnabled(LogEventLevel.Information));
        Assert.True(log.ForContext(Serilog.Core.Constants.SourceContextPropertyName, "TempSamp.Live.Media.HlsClient").IsEnabled(LogEventLevel.Debug));
    }
}
