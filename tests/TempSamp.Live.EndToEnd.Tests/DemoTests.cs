using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What a newcomer sees first, in real time and with the bundled model.</summary>
public class DemoTests
{
    [Fact]
    public async Task The_demo_finds_seven_of_ten_events_and_at_most_two_that_are_none()
    {
        var folder = Directory.CreateTempSubdirectory("tempsamp-demo-").FullName;

        var (code, output, error) = await DaemonProcess.RunAsync("demo", "--once", "--json", "--out", folder);

        Assert.True(output.Length > 0, error);
        var result = JsonDocument.Parse(output).RootElement;
        var isGood = result.GetProperty("matched").GetInt32() >= 0.7 * result.GetProperty("events").GetInt32() && result.GetProperty("unmatchedClips").GetInt32() <= 2;
        Assert.True(isGood, output);
        Assert.True(result.GetProperty("passed").GetBoolean());
        Assert.Equal(0, code);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
        await Deliverables.CheckAsync(DaemonProcess.Events(folder));
        Directory.Delete(folder, recursive: true);
    }
}
