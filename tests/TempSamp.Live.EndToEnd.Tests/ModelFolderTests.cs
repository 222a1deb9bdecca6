using System.Text.Json;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>The program with a model folder of its own: a whole one runs, a damaged one is named.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-model-").FullName;
    private readonly TestBroadcast _broadcast;

    public ModelFolderTests(TestBroadcast broadcast)
    {
        _broadcast = broadcast;
        RandomModel.Write(Model);
    }

    private string Model => Path.Combine(_folder, "model");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_daemon_runs_on_it_and_ends_with_0_when_it_is_interrupted()
    {
        await using var daemon = DaemonProcess.Start(Run());
        await daemon.WaitForLogAsync("RTMP endpoint listens");

        Assert.Equal(0, await daemon.InterruptAsync());
    }

    [Fact]
    public async Task A_played_file_ends_the_daemon_with_0_and_a_whole_journal()
    {
        var (code, _, error) = await DaemonProcess.RunAsync(Run($"--Streams:a:Url={_broadcast.File}", "--Ingest:Realtime=false"));

        Assert.True(code == 0, error);
        var events = DaemonProcess.Events(_folder);
        Assert.True(LiveDaemon.Is(events[0], "stream.online"));
        Assert.True(LiveDaemon.Is(events[^1], "stream.offline"));
        await Deliverables.CheckAsync(events);
    }

    [Fact]
    public async Task Ground_answers_each_query_from_a_file()
    {
        var (code, output, error) = await DaemonProcess.RunAsync("ground", _broadcast.File, "--query", "a goal is scored", "--query", "进球了", "--model", Model, "--json");

        Assert.True(code == 0, error);
        var answers = JsonDocument.Parse(output).RootElement.GetProperty("answers");
        Assert.Equal(["a goal is scored", "进球了"], answers.EnumerateArray().Select(answer => answer.GetProperty("query").GetString()));
        Assert.All(answers.EnumerateArray(), answer => Assert.InRange(answer.GetProperty("presence").GetDouble(), 0, 1));
    }

    [Fact]
    public async Task Doctor_finds_nothing_wrong_with_it()
    {
        var (code, output, error) = await DaemonProcess.RunAsync("doctor", "--json", $"--Grounding:ModelDirectory={Model}", $"--Delivery:Directory={_folder}", "--Rtmp:Port=0");

        Assert.True(code == 0, output + error);
        var findings = JsonDocument.Parse(output).RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("check").GetString());
        Assert.Equal(
            [
                "configuration", "clock", "data folder", "tape", "log", "memory", "state", "ffmpeg", "libtorch", "gpu", "model", "rtmp port", "api port", "api certificate", "store", "broker", "streams",
            ], findings);
    }

    [Fact]
    public async Task A_truncated_checkpoint_is_named()
    {
        var weights = Path.Combine(Model, "model.safetensors");
        using (var file = File.OpenWrite(weights)) file.SetLength(file.Length / 2);

        await RefusedAsync(weights);
        var (code, output, _) = await DaemonProcess.RunAsync("doctor", $"--Grounding:ModelDirectory={Model}", $"--Delivery:Directory={_folder}", "--Rtmp:Port=0");
        Assert.Equal(1, code);
        Assert.Contains("FAIL  model", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_architecture_is_named()
    {
        var config = Path.Combine(Model, "config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("qwen2_5_vl", "llama", StringComparison.Ordinal));

        await RefusedAsync("llama");
    }

    [Fact]
    public async Task A_checkpoint_with_other_shapes_is_named()
    {
        var config = Path.Combine(Model, "config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("\"num_hidden_layers\":2", "\"num_hidden_layers\":3", StringComparison.Ordinal));

        await RefusedAsync("layers.2");
    }

    private async Task RefusedAsync(string named)
    {
        var (code, _, error) = await DaemonProcess.RunAsync(Run());

        Assert.Equal(1, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected failure", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private string[] Run(params string[] more) =>
    [
        "run", "--Api:Port=0", "--Streams:a:Url=listen:key", "--Streams:a:Queries:q:Text=a goal", $"--Delivery:Directory={_folder}", $"--Grounding:ModelDirectory={Model}",
        "--Rtmp:Port=0", "--Rtmp:Address=127.0.0.1", .. more,
    ];
}
