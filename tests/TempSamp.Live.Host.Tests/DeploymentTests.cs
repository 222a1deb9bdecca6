using System.Diagnostics;
using System.Text.RegularExpressions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>What cannot be run in a test is at least held to name things that exist.</summary>
public partial class DeploymentTests
{
    private static readonly string Root = SharedData.Repository!;

    [Fact]
    public void The_Dockerfile_names_only_paths_that_exist()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "Dockerfile"));
        var copied = lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]);
        var built = lines.SelectMany(line => SourcePath().Matches(line)).Select(match => match.Value);
        var paths = copied.Concat(built).ToList();

        Assert.Contains("src/TempSamp.Live.Host/TempSamp.Live.Host.csproj", paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Root, path)), path));
    }

    [Fact]
    public void The_image_runs_without_root_and_starts_the_program_that_is_built()
    {
        var dockerfile = File.ReadAllText(Path.Combine(Root, "Dockerfile"));

        Assert.Matches(@"(?m)^USER (?!root)\w+$", dockerfile);
        Assert.Contains($"/opt/tempsamp-live/{typeof(CommandLine).Assembly.GetName().Name}", dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_image_that_the_image_is_built_from_has_an_exact_tag()
    {
        var dockerfile = File.ReadAllText(Path.Combine(Root, "Dockerfile"));
        var defaults = Default().Matches(dockerfile).ToDictionary(match => $"${{{match.Groups["name"].Value}}}", match => match.Groups["value"].Value);
        var images = Image().Matches(dockerfile).Select(match => defaults.Aggregate(match.Groups["name"].Value, (image, one) => image.Replace(one.Key, one.Value, StringComparison.Ordinal))).ToList();

        Assert.Equal(2, images.Count);
        Assert.All(images, image => Assert.Matches(@"^[a-z0-9./-]+:([0-9]+\.[0-9]+\.[0-9]+|[a-z]+-[0-9]{8}-slim)$", image));
    }

    [Theory]
    [InlineData("deploy/demo.sh")]
    [InlineData("deploy/install-native.sh")]
    [InlineData("deploy/healthcheck.sh")]
    [InlineData("deploy/gpu-bench.sh")]
    [InlineData("tests/run.sh")]
    [InlineData(".ci/run")]
    public async Task Scripts_are_well_formed(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", Path.Combine(Root, script)]) { RedirectStandardError = true })!;
        var complaint = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.True(bash.ExitCode == 0, complaint);
    }

    [Fact]
    public async Task The_test_script_adds_up_and_counts_a_crash_as_a_failure()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "tests"));
        File.Copy(Path.Combine(Root, "tests", "run.sh"), Path.Combine(folder.Path, "tests", "run.sh"));
        Program("A.Tests", "echo 'Test run summary: Failed!'; echo '  total: 7'; echo '  failed: 2'; echo '  succeeded: 4'; echo '  skipped: 1'; exit 2");
        Program("B.Tests", "echo '  total: 3'; echo '  failed: 0'; echo '  succeeded: 3'; echo '  skipped: 0'");
        Program("C.Tests", "kill -KILL $$");

        using var bash = Process.Start(new ProcessStartInfo("bash", [Path.Combine(folder.Path, "tests", "run.sh"), "--no-setup"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.Equal("7 passed, 3 failed, 1 skipped", output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(1, bash.ExitCode);

        void Program(string name, string body)
        {
            var bin = Directory.CreateDirectory(Path.Combine(folder.Path, "tests", name, "bin", "Release", "net10.0", "linux-x64"));
            var file = Path.Combine(bin.FullName, name);
            File.WriteAllText(file, $"#!/usr/bin/env bash\n{body}\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [GeneratedRegex(@"(?m)^ARG (?<name>\w+)=(?<value>\S+)$")]
    private static partial Regex Default();

    [GeneratedRegex(@"(?m)^FROM (?<name>\S+)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\bsrc/[\w./-]+")]
    private static partial Regex SourcePath();
}
