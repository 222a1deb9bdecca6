using System.Collections;
using System.ComponentModel;
using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host;

/// <summary>
/// Makes a configured list mean what it says. On its own the configuration system merges lists of several sources item by item, and its binder
/// appends to a default: a list such as the allowed protocols could never be made shorter.
/// </summary>
internal static class ListSettings
{
    /// <summary>The same settings, where the strongest source that names an item of a list gives the whole list.</summary>
    public static IConfigurationRoot KeepStrongest(IConfigurationRoot configuration, SettingsSchema schema)
    {
        var dropped = ListsOf(configuration, schema).SelectMany(list => Shadowed(configuration, list)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return dropped.Count == 0
            ? configuration
            : new ConfigurationBuilder().AddInMemoryCollection(configuration.AsEnumerable().Where(pair => !dropped.Contains(pair.Key))).Build();
    }

    /// <summary>Sets every list property of <paramref name="options"/> that the section configures to exactly the configured items.</summary>
    public static void Replace(object options, IConfiguration section)
    {
        foreach (var (name, node) in SettingsSchema.Of(options.GetType()).Children)
        {
            if (!node.IsList || node.Any!.Scalar is not { } type) continue;
            var items = section.GetSection(name).GetChildren().Select(item => TypeDescriptor.GetConverter(type).ConvertFromInvariantString(item.Value ?? "")).ToArray();
            if (items.Length == 0) continue;
            var array = Array.CreateInstance(type, items.Length);
            items.CopyTo(array, 0);
            var property = node.Property!;
            property.SetValue(options, property.PropertyType.IsAssignableFrom(array.GetType())
                ? array
                : Activator.CreateInstance(property.PropertyType, (IEnumerable)array));
        }
    }

    private static IEnumerable<IConfigurationSection> ListsOf(IConfiguration at, SettingsSchema node) =>
        at.GetChildren().SelectMany(child =>
            (node.Any ?? node.Children.GetValueOrDefault(child.Key)) is not { } next ? []
            : next.IsList ? [child]
            : ListsOf(child, next));

    private static IEnumerable<string> Shadowed(IConfigurationRoot configuration, IConfigurationSection list)
    {
        if (configuration.Providers.LastOrDefault(provider => provider.GetChildKeys([], list.Path).Any()) is not { } strongest) return [];      // an empty list
        var kept = strongest.GetChildKeys([], list.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return list.GetChildren().Where(item => !kept.Contains(item.Key)).Select(item => item.Path);
    }
}
