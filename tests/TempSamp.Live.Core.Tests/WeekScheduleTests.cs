namespace TempSamp.Live.Core.Tests;

public class WeekScheduleTests
{
    private static readonly TimeZoneInfo s_berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static WeekSchedule Berlin(params string[] windows) => new([.. windows.Select(WeekWindow.Parse)], s_berlin);

    private static DateTimeOffset Utc(int month, int day, int hour, int minute) => new(2026, month, day, hour, minute, 0, TimeSpan.Zero);

    [Fact]
    public void A_window_is_on_from_its_begin_up_to_its_end_in_its_zones_wall_clock()
    {
        var schedule = Berlin("Mon-Fri 18:00-23:30");     // Monday 2026-07-06, UTC+2

        Assert.False(schedule.IsOn(Utc(7, 6, 15, 59)));
        Assert.True(schedule.IsOn(Utc(7, 6, 16, 0)));
        Assert.True(schedule.IsOn(Utc(7, 6, 21, 29)));
        Assert.False(schedule.IsOn(Utc(7, 6, 21, 30)));
        Assert.False(schedule.IsOn(Utc(7, 5, 17, 0)));    // Sunday
    }

    [Fact]
    public void A_window_may_pass_midnight()
    {
        var schedule = Berlin("Sat 22:00-02:00");         // Saturday 2026-07-11

        Assert.True(schedule.IsOn(Utc(7, 11, 23, 59)));   // 01:59 on Sunday
        Assert.False(schedule.IsOn(Utc(7, 12, 0, 0)));
        Assert.False(schedule.IsOn(Utc(7, 10, 23, 0)));   // the night before
    }

    [Fact]
    public void In_spring_a_window_inside_the_lost_hour_is_moved_behind_it()
    {
        var schedule = Berlin("Sun 02:15-02:45");         // 2026-03-29: 02:00 is followed by 03:00, at 01:00 UTC

        Assert.False(schedule.IsOn(Utc(3, 29, 1, 14)));
        Assert.True(schedule.IsOn(Utc(3, 29, 1, 15)));    // 03:15
        Assert.False(schedule.IsOn(Utc(3, 29, 1, 45)));
    }

    [Fact]
    public void In_autumn_a_window_inside_the_doubled_hour_is_on_once()
    {
        var schedule = Berlin("Sun 02:15-02:45");         // 2026-10-25: 02:00 to 03:00 comes twice, at 00:00 and 01:00 UTC

        Assert.True(schedule.IsOn(Utc(10, 25, 0, 15)));
        Assert.False(schedule.IsOn(Utc(10, 25, 0, 45)));
        Assert.False(schedule.IsOn(Utc(10, 25, 1, 15)));  // 02:15 for the second time
    }

    [Theory]
    [InlineData(3, 28, 17, 0)]      // winter: 18:00 is 17:00 UTC
    [InlineData(3, 29, 16, 0)]      // summer time since that morning
    [InlineData(10, 24, 16, 0)]
    [InlineData(10, 25, 17, 0)]
    public void Kick_off_stays_at_the_same_wall_clock_over_both_changes_of_the_year(int month, int day, int hour, int minute)
    {
        var schedule = Berlin("daily 18:00-20:00");
        var kickOff = Utc(month, day, hour, minute);

        Assert.False(schedule.IsOn(kickOff.AddSeconds(-1)));
        Assert.True(schedule.IsOn(kickOff));
        Assert.Equal(kickOff, schedule.NextChange(kickOff.AddHours(-1)));
        Assert.Equal(kickOff.AddHours(2), schedule.NextChange(kickOff));
    }

    [Fact]
    public void Windows_that_touch_make_no_change_between_them() =>
        Assert.Equal(Utc(7, 6, 20, 0), Berlin("Mon 18:00-20:00", "Mon 20:00-22:00").NextChange(Utc(7, 6, 16, 0)));

    [Fact]
    public void Around_the_clock_never_changes() => Assert.Null(Berlin("daily 00:00-24:00").NextChange(Utc(7, 6, 12, 0)));

    [Theory]
    [InlineData("Mon 18:00", "no window")]
    [InlineData("Mo-Fri 18:00-20:00", "names no days")]
    [InlineData("Mon 6pm-8pm", "no time of day")]
    [InlineData("Mon 18:00-25:00", "no time of day")]
    [InlineData("", "no window")]
    public void A_window_that_is_spelt_wrong_says_how_it_should_be(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => WeekWindow.Parse(text)).Message);

    [Fact]
    public void Days_may_wrap_around_the_weekend() =>
        Assert.Equal([DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday, DayOfWeek.Monday], WeekWindow.Parse("Fri-Mon 10:00-11:00").Days);
}
