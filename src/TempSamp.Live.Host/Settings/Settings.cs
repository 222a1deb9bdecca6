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
        SettingsSection.Of<CutOptions>(CutOptions.Section),
        SettingsSection.Of<WorkerOptions>(WorkerOptions.Section),
        SettingsSection.Of("Sessions", new SessionOptionsValidator()),
        SettingsSection.Of(TapeOptions.Section, new TapeOptionsValidator()),
        SettingsSection.Of("Delivery", new DeliveryOptionsValidator()),
        SettingsSection.Of("Store", new StoreOptionsValidator()),
        SettingsSection.Of("Events", new EventsOptionsValidator()),
        SettingsSection.Of("Assignments", new AssignmentOptionsValidator()),
        SettingsSection.Of<VerdictOptions>(VerdictOptions.Section),
        SettingsSection.Of("Grounding", new GroundingOptionsValidator()),
        SettingsSection.Of<SchedulerOptions>(SchedulerOptions.Section),
        SettingsSection.Of<TorchOptions>("Torch"),
        SettingsSection.Of(ApiOptions.Section, new ApiOptionsValidator()),
    ];

    /// <summary>The tree of all settings.</summary>
    public static readonly SettingsSchema Schema = SettingsSchema.Of(Sections);

    /// <summary>Checks single settings; when each is good, the rules of every section and those between them.</summary>
    /// <exception cref="SettingsException">Something is wrong; every error is in it.</exception>
    public static void Validate(IConfiguration configuration)
    {
        IReadOnlyList<string> errors = [.. SettingsCheck.Errors(configuration, Schema).Select(error => error.ToString())];
        if (errors.Count == 0)
            errors = [.. Sections.SelectMany(section => section.Faults(configuration)), .. Between(configuration), .. StreamCatalog.Check(Get<StreamsOptions>(configuration)).Select(error => error.ToString())];
        if (errors.Count > 0) throw new SettingsException(errors);
    }

    private static IEnumerable<string> Between(IConfiguration configuration)
    {
        if (AssignmentOptionsValidator.FaultBetween(Get<AssignmentOptions>(configuration), Get<EventsOptions>(configuration)) is { } fault) yield return fault;
    }

    /// <summary>One option record with its settings.</summary>
    public static T Get<T>(IConfiguration configuration) => (T)Sections.Single(section => section.Options == typeof(T)).Read(configuration);

    /// <summary>Binds every section's option record; the records' own validators run at the start.</summary>
    public static void Bind(IServiceCollection services, IConfiguration configuration)
    {
        foreach (var section in Sections) section.Bind(services, configuration);
    }
}
