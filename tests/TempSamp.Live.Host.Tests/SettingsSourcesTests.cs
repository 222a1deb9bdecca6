namespace TempSamp.Live.Host.Tests;

public sealed class SettingsSourcesTests : IDisposable
{
    private readonly TempFolder _program = new();
    private readonly TempFolder _machine = new();

    public void Dispose()
    {
        _program.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Later_sources_win()
    {
        var sources = new SettingsSources { ProgramFolder = _program.Path, MachineFolder = _machine.Path };
        _program.Write("appsettings.json", """{ /* comments are fine */ "A": { "1": "program", "2": "program", "3": "program", "4": "program", "5": "program", "6": "program" } }""");
        _program.Write("appsettings.Production.json", """{ "A": { "2": "environment", "3": "environment", "4": "environment", "5": "environment", "6": "environment" } }""");
        _machine.Write("1.json", """{ "A": { "3": "machine", "4": "machine", "5": "machine", "6": "machine" } }""");
        sources = sources with
        {
            Files = [_machine.Write("own.cfg", """{ "A": { "4": "file", "5": "file", "6": "file" } }""")],
            Embedded = new Dictionary<string, string?> { ["A:5"] = "embedded", ["A:6"] = "embedded" },
            CommandLine = new Dictionary<string, string?> { ["A:6"] = "command line" },
        };

        var configuration = sources.Load();

        Assert.Equal(["program", "environment", "machine", "file", "embedded", "command line"], Enumerable.Range(1, 6).Select(n => configuration[$"A:{n}"]));
    }

    [Fact]
    public void A_broken_file_is_named_with_its_line()
    {
        var file = _machine.Write("broken.json", "{\n  \"A\" 1\n}");
        var sources = new SettingsSources { ProgramFolder = _program.Path, MachineFolder = _machine.Path };

        var error = Assert.Single(Assert.Throws<SettingsException>(() => sources.Load()).Errors);

        Assert.StartsWith($"{file}: not valid JSON -> ", error, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 1", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var sources = new SettingsSources { ProgramFolder = _program.Path, MachineFolder = _machine.Path, Files = ["/nowhere/own.json"] };

        Assert.Equal(["--config: /nowhere/own.json -> no such file -> check the path"], Assert.Throws<SettingsException>(() => sources.Load()).Errors);
    }
}
