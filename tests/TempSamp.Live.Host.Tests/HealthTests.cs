using Microsoft.Extensions.Time.Testing;

namespace TempSamp.Live.Host.Tests;

public class HealthTests
{
    [Fact]
    public void A_clock_before_the_build_is_a_failure_with_a_fix()
    {
        var finding = HealthChecks.Clock(new FakeTimeProvider(new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)));

        Assert.Equal(FindingState.Failed, finding.State);
        Assert.NotNull(finding.Fix);
    }

    [Fact]
    public void A_right_clock_is_well() => Assert.Equal(FindingState.Good, HealthChecks.Clock(TimeProvider.System).State);
}
