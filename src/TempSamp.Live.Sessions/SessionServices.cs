using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Registers what keeps streams alive.</summary>
public static class SessionServices
{
    /// <summary>
    /// Adds <see cref="SessionRegistry"/> and the checks of <see cref="SessionOptions"/> and <see cref="TapeOptions"/>. The ports (source, finder, cutter, store, events) come from the other projects.
    /// </summary>
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddOptions<SessionOptions>();
        services.AddOptions<TapeOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SessionPorts>();
        services.TryAddSingleton<IUnfinishedSessions, UnfinishedSessions>();
        services.TryAddSingleton<SessionRegistry>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SessionOptions>, SessionOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TapeOptions>, TapeOptionsValidator>());
        return services;
    }
}
