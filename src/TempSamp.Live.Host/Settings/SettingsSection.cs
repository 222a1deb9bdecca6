using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TempSamp.Live.Host;

/// <summary>An option record and where it is bound: the section's name, or empty for the root.</summary>
internal sealed record SettingsSection(string Name, Type Options, Action<IServiceCollection, IConfiguration> Bind)
{
    /// <summary>The section of an option record.</summary>
    public static SettingsSection Of<T>(string name) where T : class => new(name, typeof(T), (services, configuration) =>
    {
        var section = name.Length == 0 ? configuration : configuration.GetSection(name);
        services.AddOptionsWithValidateOnStart<T>().Bind(section).PostConfigure(options => ListSettings.Replace(options, section));
    });

    /// <summary>This section's part of the settings.</summary>
    public IConfiguration In(IConfiguration configuration) => Name.Length == 0 ? configuration : configuration.GetSection(Name);
}
