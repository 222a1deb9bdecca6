using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using TempSamp.Live.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace TempSamp.Live.Host.Tests;

/// <summary>deploy/compose.yaml, as far as it can be judged without an engine: its shape, and that everything that it names exists.</summary>
public partial class ComposeTests
{
    private static readonly string s_deploy = Path.Combine(SharedData.Repository!, "deploy");
    private static readonly Dictionary<string, object> s_compose = Load();

    /// <summary>The keys of the Compose specification that are used here, by place.</summary>
    private static readonly string[] s_top = ["name", "services", "volumes", "secrets"],
        s_service = ["image", "build", "profiles", "restart", "stop_grace_period", "depends_on", "ports", "environment", "secrets", "volumes", "healthcheck", "deploy", "command"],
        s_build = ["context", "dockerfile", "args"],
        s_health = ["test", "interval", "timeout", "retries", "start_period", "start_interval"];

    private static IEnumerable<KeyValuePair<string, Dictionary<string, object>>> Services => Map(s_compose["services"]).Select(service => KeyValuePair.Create(service.Key, Map(service.Value)));

    [Fact]
    public void Only_keys_of_the_specification_are_used()
    {
        Assert.Subset(s_top.ToHashSet(), s_compose.Keys.ToHashSet());
        Assert.All(Services, service =>
        {
            Assert.Subset(s_service.ToHashSet(), service.Value.Keys.ToHashSet());
            Assert.Subset(s_health.ToHashSet(), Map(service.Value["healthcheck"]).Keys.ToHashSet());
            if (service.Value.TryGetValue("build", out var build)) Assert.Subset(s_build.ToHashSet(), Map(build).Keys.ToHashSet());
        });
    }

    [Fact]
    public void Every_image_has_an_exact_tag_and_every_service_says_whether_it_is_well()
    {
        Assert.Equal(["daemon", "daemon-gpu", "kafka", "s3"], Services.Select(service => service.Key).Order());
        Assert.All(Services, service =>
        {
            Assert.Matches(ExactImage(), (string)service.Value["image"]);
            Assert.Equal("CMD", List(Map(service.Value["healthcheck"])["test"])[0]);
            Assert.All(new[] { "interval", "timeout" }, key => Assert.Matches("^[0-9]+s$", (string)Map(service.Value["healthcheck"])[key]));
        });
    }

    [Fact]
    public void Everything_that_a_service_names_exists()
    {
        Assert.All(Services, service =>
        {
            var body = service.Value;
            if (body.TryGetValue("depends_on", out var others))
                Assert.All(Map(others), other =>
                {
                    Assert.Contains(other.Key, Services.Select(one => one.Key));
                    Assert.Equal("service_healthy", Map(other.Value)["condition"]);
                });
            Assert.All(List(body.GetValueOrDefault("secrets")), secret => Assert.Contains(secret, Map(s_compose["secrets"]).Keys));
            Assert.All(List(body.GetValueOrDefault("ports")), port => Assert.Matches("^([0-9.]+:)?[0-9]+:[0-9]+$", port));
            Assert.All(List(body.GetValueOrDefault("volumes")).Select(volume => volume.Split(':')[0]), source =>
            {
                if (source.StartsWith('.')) Assert.True(File.Exists(Path.Combine(s_deploy, source)), source);
                else Assert.Contains(source, Map(s_compose["volumes"]).Keys);
            });
            if (body.TryGetValue("build", out var build)) Assert.True(File.Exists(Path.Combine(s_deploy, (string)Map(build)["context"], (string)Map(build)["dockerfile"])));
        });
    }

    [Theory]
    [InlineData("daemon")]
    [InlineData("daemon-gpu")]
    public void Every_setting_of_the_daemon_exists_and_all_together_are_valid(string service)
    {
        using var folder = new TempFolder();
        var settings = Map(Map(Map(s_compose["services"])[service])["environment"]).ToDictionary(
            one => one.Key[SettingsSources.VariablePrefix.Length..].Replace("__", ":", StringComparison.Ordinal), one => (string?)Plain((string)one.Value));
        var file = Assert.Single(settings, one => one.Key.EndsWith("_FILE", StringComparison.Ordinal));
        Assert.Equal("/run/secrets/" + Assert.Single(List(Map(Map(s_compose["services"])[service])["secrets"])), file.Value);
        settings.Remove(file.Key);
        settings[file.Key[..^"_FILE".Length]] = "a-secret";

        var sources = new SettingsSources { ProgramFolder = SharedData.Repository!, MachineFolder = folder.Path, Files = [Path.Combine(s_deploy, "streams.json")], CommandLine = settings };
        Settings.Validate(sources.Load());
    }

    [Fact]
    public void The_gpu_profile_reserves_a_gpu_and_builds_for_it()
    {
        var gpu = Map(Map(s_compose["services"])["daemon-gpu"]);

        Assert.Equal(["gpu"], List(gpu["profiles"]));
        Assert.Equal("cuda", Map(Map(gpu["build"])["args"])["TORCH_BACKEND"]);
        Assert.Contains("ARG TORCH_BACKEND=cpu", File.ReadAllLines(Path.Combine(SharedData.Repository!, "Dockerfile")));
        var device = Map(((List<object>)Map(Map(Map(gpu["deploy"])["resources"])["reservations"])["devices"]).Single());
        Assert.Equal(["gpu"], List(device["capabilities"]));
    }

    private static Dictionary<string, object> Load()
    {
        using var reader = new StreamReader(Path.Combine(s_deploy, "compose.yaml"));
        return new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(reader)));
    }

    private static Dictionary<string, object> Map(object? value) => value switch
    {
        Dictionary<string, object> map => map,
        Dictionary<object, object> map => map.ToDictionary(pair => (string)pair.Key, pair => pair.Value),
        _ => [],
    };

    private static IReadOnlyList<string> List(object? value) => value is List<object> items ? [.. items.Cast<string>()] : [];

    /// <summary>A value with the defaults of its variables.</summary>
    private static string Plain(string value) => Variable().Replace(value, variable => variable.Groups["default"].Value);

    [GeneratedRegex(@"^[a-z0-9./-]+:(?!latest)[A-Za-z0-9._-]*[0-9][A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?$")]
    private static partial Regex ExactImage();

    [GeneratedRegex(@"\$\{[A-Z0-9_]+:-(?<default>[^}]*)\}")]
    private static partial Regex Variable();
}
