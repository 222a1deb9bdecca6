namespace TempSamp.Live.Core.Tests;

public sealed class SourceDatesTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SourceDates _dates = new();

    [Fact]
    public void A_date_stands_as_far_from_the_first_one_as_it_is_later()
    {
        Assert.Null(PlaceOf(5, end: 0));

        Date(2, 0);

        Assert.Equal(7, PlaceOf(5, end: 3));
    }

    [Fact]
    public void Nothing_is_placed_before_the_end_and_the_next_place_is_as_if_that_had_not_been()
    {
        Date(0, 0);
        Assert.Equal(10.3, PlaceOf(10, end: 10.3));

        Date(10.3, 10);

        Assert.Equal(25, PlaceOf(25, end: 20));
    }

    [Fact]
    public void Small_errors_of_many_places_do_not_add_up()
    {
        for (var i = 0; i < 1000; i++) Date((i * 10) + (i * 0.02), i * 10);

        Assert.Equal(10_100, PlaceOf(10_100, end: 10_030));
    }

    [Fact]
    public void A_source_whose_clock_is_set_is_followed()
    {
        Date(0, 0);
        Date(10, 3610);

        Assert.Equal(25, PlaceOf(3625, end: 20));
    }

    [Fact]
    public void A_date_days_away_is_no_place()
    {
        Date(0, 0);

        Assert.Null(PlaceOf(90_000, end: 20));
        Assert.Null(PlaceOf(-90_000, end: 20));
    }

    private void Date(double at, double date) => _dates.Date(MediaTime.FromSeconds(at), s_noon.AddSeconds(date));

    private double? PlaceOf(double date, double end) => _dates.PlaceOf(s_noon.AddSeconds(date), MediaTime.FromSeconds(end))?.Seconds;
}
