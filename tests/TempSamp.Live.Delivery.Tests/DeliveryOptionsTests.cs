using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

public sealed class DeliveryOptionsTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public void A_folder_that_is_a_file_is_bad_configuration()
    {
        var file = Path.Combine(_delivery.Root, "file");
        File.WriteAllText(file, "");
        var validator = new DeliveryOptionsValidator();
        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.Contains("name a folder", validator.Validate(null, new() { Directory = file }).FailureMessage);
        Assert.Contains("(empty)", validator.Validate(null, new() { Directory = " " }).FailureMessage);
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = new DeliveryOptionsValidator().Validate(null, new() { Parallel = 0, RetryFirst = TimeSpan.Zero, RetryMost = TimeSpan.FromSeconds(-1), DrainTime = TimeSpan.FromSeconds(-1) }).Failures!.ToList();
        Assert.Equal(4, faults.Count);
        Assert.Contains("Delivery:Parallel: 0 -> out of bounds -> use 1 to 64", faults);
    }

    [Fact]
    public async Task Static_streams_are_said_once()
    {
        var spec = new StreamSpec("a", "a.mp4", []);
        var said = new List<IReadOnlyList<StreamSpec>>();
        await foreach (var wanted in new StaticAssignments([spec]).WatchAsync(default)) said.Add(wanted);
        Assert.Equal([spec], Assert.Single(said));
    }
}
