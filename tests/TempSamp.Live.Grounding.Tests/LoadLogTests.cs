using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace TempSamp.Live.Grounding.Tests;

public class LoadLogTests
{
    [Fact]
    public void A_long_load_is_told_every_five_seconds_and_a_short_one_not_at_all()
    {
        var (time, lines) = (new FakeTimeProvider(), new Lines());
        var log = new LoadLog(time, lines);
        for (var gigabyte = 1; gigabyte <= 16; gigabyte++)
        {
            time.Advance(TimeSpan.FromSeconds(0.9));
            log.Report(new(gigabyte * 1_000_000_000L, 16_000_000_000, "model-00001-of-00005.safetensors"));
        }
        Assert.Equal(
            ["Loading the model: 6.0 of 16.0 GB read, 37 % (model-00001-of-00005.safetensors)", "Loading the model: 12.0 of 16.0 GB read, 75 % (model-00001-of-00005.safetensors)"],
            lines.All);
    }

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add(formatter(state, exception));
    }
}
