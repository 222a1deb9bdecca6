using System.Collections;

namespace TempSamp.Live.Host;

/// <summary>Settings from environment variables, and from files whose content is one setting, so that secrets need not be in the environment.</summary>
internal static class SecretFiles
{
    private const string FileSuffix = "_FILE";

    /// <summary>Each file of a folder whose name is a setting's path with <c>__</c> for <c>:</c>; files with other names are not ours.</summary>
    public static IReadOnlyDictionary<string, string?> InFolder(string folder) => !Directory.Exists(folder) ? new Dictionary<string, string?>()
        : Directory.EnumerateFiles(folder).Select(file => (Name: Path.GetFileName(file), File: file)).Where(one => one.Name.Contains("__", StringComparison.Ordinal))
            .ToDictionary(one => KeyOf(one.Name), one => (string?)Content(one.File), StringComparer.OrdinalIgnoreCase);

    /// <summary>Each variable with the prefix; one that ends in <c>_FILE</c> names a file that holds the value.</summary>
    /// <exception cref="SettingsException">A file does not exist or cannot be read.</exception>
    public static IReadOnlyDictionary<string, string?> InVariables(string prefix)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var (name, value) = ((string)variable.Key, (string?)variable.Value);
            if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) continue;
            var isFile = name.Contains("__", StringComparison.Ordinal) && name.EndsWith(FileSuffix, StringComparison.OrdinalIgnoreCase);
            if (isFile) settings[KeyOf(name[prefix.Length..^FileSuffix.Length])] = Named(name, value);
            else settings[KeyOf(name[prefix.Length..])] = value;
        }
        return settings;
    }

    private static string Named(string variable, string? file)
    {
        try
        {
            return File.Exists(file) ? Content(file) : throw new SettingsException([new SettingError(variable, file ?? "", "no such file", "name a file that holds the value").ToString()]);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new SettingsException([new SettingError(variable, file!, error.Message, "make it readable for this user").ToString()], error);
        }
    }

    private static string KeyOf(string name) => name.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>Editors end files with a line break that is no part of a secret.</summary>
    private static string Content(string file) => File.ReadAllText(file).TrimEnd('\r', '\n');
}
