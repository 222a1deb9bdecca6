using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What a newcomer sees first, in real time and with the bundled model.</summary>
public class DemoTests
{
    [Fact]
    public async Task The_demo_plays_to_its_end_and_judges_itself()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(SharedData.Repository!, "models", "tempsamp-mini")), "models/tempsamp-mini is not here: train it with tempsamp-train sft");
        var folder = Directory.CreateTempSubdirectory("tempsamp-demo-").FullName;

        var (code, output, error) = await DaemonProcess.RunAsync("demo", "--once", "--json", "--out", folder);

        Assert.True(output.Length > 0, error);
        var result = JsonDocument.Parse(output).RootElement;
        var isGood = result.GetProperty("matched").GetInt32() >= 0.7 * result.GetProperty("events").GetInt32() && result.GetProperty("unmatchedClips").GetInt32() <= 2;
        Assert.Equal(isGood, result.GetProperty("passed").GetBoolean());
        Assert.Equal(isGood ? 0 : 1, code);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
        await Deliverables.CheckAsync(DaemonProcess.Events(folder));
        Directory.Delete(folder, recursive: true);
    }
}
