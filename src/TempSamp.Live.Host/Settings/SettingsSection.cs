using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Host;

/// <summary>An option record and where it is bound: the section's name, or empty for the root.</summary>
internal abstract record SettingsSection(string Name, Type Options)
{
    /// <summary>The section of an option record, with the rules that its project brings.</summary>
    public static SettingsSection Of<T>(string name, IValidateOptions<T>? rules = null) where T : class, new() => new Typed<T>(name, rules);

    /// <summary>This section's part of the settings.</summary>
    public IConfiguration In(IConfiguration configuration) => Name.Length == 0 ? configuration : configuration.GetSection(Name);

    /// <summary>Makes the record available to the services.</summary>
    public abstract void Bind(IServiceCollection services, IConfiguration configuration);

    /// <summary>The record with its settings. They must be free of <see cref="SettingsCheck"/> errors.</summary>
    public abstract object Read(IConfiguration configuration);

    /// <summary>What the project's own rules say, one error a line.</summary>
    public abstract IEnumerable<string> Faults(IConfiguration configuration);

    private sealed record Typed<T>(string Name, IValidateOptions<T>? Rules) : SettingsSection(Name, typeof(T)) where T : class, new()
    {
        public override void Bind(IServiceCollection services, IConfiguration configuration) =>
            services.AddOptionsWithValidateOnStart<T>().Bind(In(configuration)).PostConfigure(options => ListSettings.Replace(options, In(configuration)));

        public override object Read(IConfiguration configuration)
        {
            var options = In(configuration).Get<T>() ?? new();
            ListSettings.Replace(options, In(configuration));
            return options;
        }

        public override IEnumerable<string> Faults(IConfiguration configuration) =>
            Rules?.Validate(null, (T)Read(configuration)) is { Failed: true } result ? result.Failures : [];
    }
}
