using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TempSamp.Live.Delivery;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>Every section that exists, and the check that each verb makes before it believes a setting.</summary>
internal static class Settings
{
    /// <summary>All sections. The schema of settings, the reference file's test and the binding read this list.</summary>
    public static readonly IReadOnlyList<SettingsSection> Sections =
    [
        SettingsSection.Of<LogOptions>(LogOptions.Section),
        SettingsSection.Of<StreamsOptions>(""),
        SettingsSection.Of<IngestOptions>(IngestOptions.Section),
        SettingsSection.Of<RtmpOptions>(RtmpOptions.Section),
        SettingsSection.Of<SessionOptions>("Sessions"),
        SettingsSection.Of<DeliveryOptions>("Delivery"),
        SettingsSection.Of<GroundingOptions>("Grounding"),
        SettingsSection.Of<TorchOptions>("Torch"),
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

    /// <summary>One option record with its settings.</summary>
    public static T Get<T>(IConfiguration configuration) where T : class, new()
    {
        var section = Sections.Single(section => section.Options == typeof(T)).In(configuration);
        var options = section.Get<T>() ?? new();
        ListSettings.Replace(options, section);
        return options;
    }

    /// <summary>Binds every section's option record; the records' own validators run at the start.</summary>
    public static void Bind(IServiceCollection services, IConfiguration configuration)
    {
        foreach (var section in Sections) section.Bind(services, configuration);
    }
}
