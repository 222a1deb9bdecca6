using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host;

/// <summary>Where settings come from, weakest first: appsettings.json, appsettings.ENVIRONMENT.json, /etc/tempsamp-live/*.json, --config files, TEMPSAMP_ variables, command line.</summary>
internal sealed record SettingsSources
{
    /// <summary>Prefix of environment variables: <c>TEMPSAMP_Ingest__OpenTimeout</c> is <c>Ingest:OpenTimeout</c>.</summary>
    public const string VariablePrefix = "TEMPSAMP_";

    /// <summary>Folder of appsettings.json: the program's own.</summary>
    public string ProgramFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>Folder whose *.json files are read in name order.</summary>
    public string MachineFolder { get; init; } = "/etc/tempsamp-live";

    /// <summary>Files named by <c>--config</c>; they must exist.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Settings that a verb brings along, weaker than variables and command line.</summary>
    public IReadOnlyDictionary<string, string?> Embedded { get; init; } = new Dictionary<string, string?>();

    /// <summary>Settings of the command line, strongest of all.</summary>
    public IReadOnlyDictionary<string, string?> CommandLine { get; init; } = new Dictionary<string, string?>();

    /// <summary>Reads them all.</summary>
    /// <exception cref="SettingsException">A file is missing or is not JSON.</exception>
    public IConfigurationRoot Load()
    {
        var environment = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? "Production";
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(ProgramFolder, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(ProgramFolder, $"appsettings.{environment}.json"), optional: true);
        if (Directory.Exists(MachineFolder))
            foreach (var file in Directory.EnumerateFiles(MachineFolder, "*.json").Order(StringComparer.Ordinal))
                builder.AddJsonFile(file, optional: false);
        foreach (var file in Files)
        {
            if (!File.Exists(file)) throw new SettingsException([new SettingError("--config", file, "no such file", "check the path").ToString()]);
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        }
        builder.AddInMemoryCollection(Embedded).AddEnvironmentVariables(VariablePrefix).AddInMemoryCollection(CommandLine);
        try
        {
            return ListSettings.KeepStrongest(builder.Build(), Settings.Schema);
        }
        catch (InvalidDataException e)
        {
            var file = Path.IsPathRooted(FileOf(e)) ? FileOf(e) : "a configuration file";
            throw new SettingsException([$"{file}: not valid JSON -> {e.GetBaseException().Message} -> correct the file"], e);
        }
    }

    /// <summary>The path between quotes in the message of a file that does not load.</summary>
    private static string FileOf(InvalidDataException e) => e.Message.Split('\'') is [_, var path, ..] ? path : "";
}
