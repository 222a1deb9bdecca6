using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host;

/// <summary>Where settings come from, weakest first: appsettings.json, appsettings.ENVIRONMENT.json, /etc/tempsamp-live/*.json, --config files, secret files, TEMPSAMP_ variables, command line.</summary>
internal sealed record SettingsSources
{
    /// <summary>Prefix of environment variables: <c>TEMPSAMP_Ingest__OpenTimeout</c> is <c>Ingest:OpenTimeout</c>.</summary>
    public const string VariablePrefix = "TEMPSAMP_";

    /// <summary>Folder of appsettings.json: the program's own.</summary>
    public string ProgramFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>Folder whose *.json files are read in name order.</summary>
    public string MachineFolder { get; init; } = "/etc/tempsamp-live";

    /// <summary>Folder of secrets, one a file: <c>Store__SecretKey</c> holds <c>Store:SecretKey</c>.</summary>
    public string SecretsFolder { get; init; } = "/run/secrets";

    /// <summary>Files named by <c>--config</c>; they must exist.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Settings that a verb brings along, weaker than variables and command line.</summary>
    public IReadOnlyDictionary<string, string?> Embedded { get; init; } = new Dictionary<string, string?>();

    /// <summary>Settings of the command line, strongest of all.</summary>
    public IReadOnlyDictionary<string, string?> CommandLine { get; init; } = new Dictionary<string, string?>();

    /// <summary>The files that exist now, weakest first.</summary>
    public IReadOnlyList<string> ExistingFiles()
    {
        var environment = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? "Production";
        string[] own = [Path.Combine(ProgramFolder, "appsettings.json"), Path.Combine(ProgramFolder, $"appsettings.{environment}.json")];
        var machine = Directory.Exists(MachineFolder) ? Directory.EnumerateFiles(MachineFolder, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return [.. own.Concat(machine).Concat(Files.Select(Path.GetFullPath)).Where(File.Exists)];
    }

    /// <summary>Reads them all.</summary>
    /// <param name="also">One more JSON object of settings, stronger than the files; null for none.</param>
    /// <exception cref="SettingsException">A file is missing or is not JSON.</exception>
    public IConfigurationRoot Load(Stream? also = null)
    {
        if (Files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
            throw new SettingsException([new SettingError("--config", missing, "no such file", "check the path").ToString()]);
        var builder = new ConfigurationBuilder();
        foreach (var file in ExistingFiles()) builder.AddJsonFile(file, optional: false);
        if (also is not null) builder.AddJsonStream(also);
        builder.AddInMemoryCollection(Embedded).AddInMemoryCollection(SecretFiles.InFolder(SecretsFolder)).AddInMemoryCollection(SecretFiles.InVariables(VariablePrefix)).AddInMemoryCollection(CommandLine);
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
