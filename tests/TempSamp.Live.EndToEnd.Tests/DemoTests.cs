using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What a newcomer sees first, in real time and with the bundled model.</summary>
public class DemoTests
{
    [Fact]
    public async Task The_demo_clips_the_bundled_broadcast_as_well_as_it_promises()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(SharedData.Repository!, "models", "tempsamp-mini")), "models/tempsamp-mini is not here: train it with tempsamp-train sft");
        var folder = Directory.CreateTempSubdirectory("tempsamp-demo-").FullName;

        var (code, output, error) = await DaemonProcess.RunAsync("demo", "--once", "--json", "--out", folder);

        Assert.True(code == 0, output + error);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.True(result.GetProperty("matched").GetInt32() >= 0.7 * result.GetProperty("events").GetInt32());
        Assert.InRange(result.GetProperty("unmatchedClips").GetInt32(), 0, 2);
        await Deliverables.CheckAsync(DaemonProcess.Events(folder));
        Directory.Delete(folder, recursive: true);
    }
}
