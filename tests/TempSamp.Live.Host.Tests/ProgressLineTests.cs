using Microsoft.Extensions.Time.Testing;

namespace TempSamp.Live.Host.Tests;

public sealed class ProgressLineTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void Short_work_says_nothing()
    {
        using (var progress = Line(terminal: true))
        {
            _time.Advance(TimeSpan.FromSeconds(1.9));
            progress.Report("half");
        }

        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public void Long_work_is_told_a_few_times_a_second_and_wiped_at_the_end()
    {
        using (var progress = Line(terminal: true))
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            progress.Report("half");
            progress.Report("more");
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Report("all");
        }

        Assert.Equal("\rhalf\rall \r   \r", _error.ToString());
    }

    [Fact]
    public void Nothing_is_drawn_into_a_file()
    {
        using (var progress = Line(terminal: false))
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            progress.Report("half");
        }

        Assert.Equal("", _error.ToString());
    }

    private ProgressLine Line(bool terminal) => new(new(TextWriter.Null, _error, terminal, new Dictionary<string, string?>()), _time);
}
