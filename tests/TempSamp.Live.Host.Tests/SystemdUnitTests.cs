using TempSamp.Live.Delivery;
using TempSamp.Live.Sessions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>deploy/tempsamp-live.service: its shape, and that it agrees with the program.</summary>
public class SystemdUnitTests
{
    private static readonly ILookup<string, string> s_service = Section("Service");

    [Fact]
    public void It_starts_the_program_where_it_is_installed_and_waits_for_its_word()
    {
        Assert.Equal($"/opt/tempsamp-live/{typeof(CommandLine).Assembly.GetName().Name} run", Assert.Single(s_service["ExecStart"]));
        Assert.Equal("notify", Assert.Single(s_service["Type"]));
        Assert.Equal("multi-user.target", Assert.Single(Section("Install")["WantedBy"]));
    }

    [Fact]
    public void It_keeps_its_data_where_it_may_write_and_names_settings_that_exist()
    {
        var folder = "/var/lib/" + Assert.Single(s_service["StateDirectory"]);
        var settings = s_service["Environment"].Select(variable => variable.Split('=', 2)).ToDictionary(
            pair => pair[0][SettingsSources.VariablePrefix.Length..].Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair[1]);

        Assert.Equal(folder, Assert.Single(s_service["WorkingDirectory"]));
        Assert.Equal(folder, settings["Delivery:Directory"]);
        Settings.Validate(new SettingsSources { ProgramFolder = SharedData.Repository!, CommandLine = settings }.Load());
    }

    [Fact]
    public void It_leaves_time_to_drain_and_starts_again_only_what_a_new_start_can_mend()
    {
        var drain = new SessionOptions().DrainTime + new DeliveryOptions().DrainTime;

        Assert.True(TimeSpan.FromSeconds(int.Parse(Assert.Single(s_service["TimeoutStopSec"]).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)) > drain * 2);
        Assert.Equal("on-failure", Assert.Single(s_service["Restart"]));
        Assert.Equal($"{ExitCode.Usage} {ExitCode.Configuration}", Assert.Single(s_service["RestartPreventExitStatus"]));
    }

    private static ILookup<string, string> Section(string name) => File.ReadLines(Path.Combine(SharedData.Repository!, "deploy", "tempsamp-live.service"))
        .SkipWhile(line => line != $"[{name}]").Skip(1).TakeWhile(line => !line.StartsWith('[')).Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
}
