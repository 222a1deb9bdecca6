using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host;

/// <summary>Every section that exists, and the check that each verb makes before it believes a setting.</summary>
internal static class Settings
{
    /// <summary>All sections. The schema of settings, the reference file's test and the binding read this list.</summary>
    public static readonly IReadOnlyList<SettingsSection> Sections =
    [
        new(LogOptions.Section, typeof(LogOptions)),
        new("", typeof(StreamsOptions)),
    ];

    /// <summary>The tree of all settings.</summary>
    public static readonly SettingsSchema Schema = SettingsSchema.Of(Sections);

    /// <summary>Checks single settings, then the rules between them.</summary>
    /// <exception cref="SettingsException">Something is wrong; every error is in it.</exception>
    public static void Validate(IConfiguration configuration)
    {
        var errors = SettingsCheck.Errors(configuration, Schema);
        if (errors.Count == 0) errors = [.. StreamCatalog.Check(configuration.Get<StreamsOptions>() ?? new())];
        if (errors.Count > 0) throw new SettingsException([.. errors.Select(error => error.ToString())]);
    }
}
