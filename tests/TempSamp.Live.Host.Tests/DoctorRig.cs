using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>A machine on which everything is well, until a case spoils something.</summary>
internal sealed class DoctorRig : IAsyncDisposable
{
    private readonly Stack<object> _resources = [];

    public DoctorRig() => Settings = new()
    {
        ["Delivery:Directory"] = Folder.Path + "/data", ["Delivery:Retention:FreeBytes"] = "0", ["Rtmp:Port"] = "0", ["Rtmp:Address"] = "127.0.0.1", ["Api:Port"] = "0",
        ["Streams:a:Url"] = "a.mp4", ["Streams:a:Queries:goal:Text"] = "a goal is scored",
    };

    public TempFolder Folder { get; } = new();

    /// <summary>Settings of the command line.</summary>
    public Dictionary<string, string?> Settings { get; }

    /// <summary>Settings files.</summary>
    public List<string> Files { get; } = [];

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Whether the doctor must be a process of its own, because this one has loaded what it looks for.</summary>
    public bool IsApart { get; set; }

    /// <summary>Sets a setting.</summary>
    public void Set(string key, string value) => Settings[key] = value;

    /// <summary>A path below a file, where no folder can be made.</summary>
    public string Nowhere() => Folder.Write("file", "") + "/folder";

    /// <summary>Keeps something until the rig goes.</summary>
    public T Keep<T>(T resource) where T : notnull
    {
        _resources.Push(resource);
        return resource;
    }

    /// <summary>Uses a fake S3 server.</summary>
    public async Task<FakeS3> UseS3Async(FakeS3? server = null)
    {
        server ??= Keep(await FakeS3.StartAsync());
        foreach (var (key, value) in new[] { ("Kind", "S3"), ("Endpoint", server.Endpoint), ("AccessKey", "k"), ("SecretKey", "s"), ("Bucket", "clips"), ("Timeout", "00:01:00") }) Set("Store:" + key, value);
        return server;
    }

    /// <summary>Runs every check.</summary>
    public async Task<IReadOnlyList<Finding>> ExamineAsync()
    {
        if (IsApart) return await ExamineApartAsync();
        var sources = new SettingsSources { ProgramFolder = Folder.Path, MachineFolder = Folder.Path + "/none", Files = Files, CommandLine = Settings };
        var findings = new List<Finding>();
        await foreach (var finding in HealthChecks.RunAsync(sources, Time, TestContext.Current.CancellationToken)) findings.Add(finding);
        return findings;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in _resources)
        {
            if (resource is IAsyncDisposable later) await later.DisposeAsync();
            else ((IDisposable)resource).Dispose();
        }
        Folder.Dispose();
    }

    private async Task<IReadOnlyList<Finding>> ExamineApartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "tempsamp-live");
        using var doctor = Process.Start(new ProcessStartInfo(program, ["doctor", "--json", .. Settings.Select(setting => $"--{setting.Key}={setting.Value}")]) { RedirectStandardOutput = true })!;
        var said = await doctor.StandardOutput.ReadToEndAsync();
        await doctor.WaitForExitAsync();
        using var report = System.Text.Json.JsonDocument.Parse(said);
        return [.. report.RootElement.GetProperty("findings").EnumerateArray().Select(found => new Finding(
            found.GetProperty("check").GetString()!, Enum.Parse<FindingState>(found.GetProperty("state").GetString()!, ignoreCase: true), found.GetProperty("detail").GetString()!,
            found.GetProperty("fix").GetString(), found.GetProperty("fault").GetString()))];
    }
}
