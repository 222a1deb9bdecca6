using System.Collections;
using System.ComponentModel;
using System.Reflection;

namespace TempSamp.Live.Host;

/// <summary>The settings that exist: a tree of names read from the option records, so that it cannot differ from what binds.</summary>
/// <remarks>A node is a scalar (<see cref="Scalar"/>), a list of scalars, a map with free keys, or a record with named children.</remarks>
internal sealed class SettingsSchema
{
    private SettingsSchema(PropertyInfo? property, Type type)
    {
        Property = property;
        if (ElementOf(type, typeof(IDictionary<,>), 1) is { } value) Any = new(null, value);
        else if (type != typeof(string) && ElementOf(type, typeof(IEnumerable<>), 0) is { } item) (Any, IsList) = (new(null, item), true);
        else if (TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string))) Scalar = type;
        else
            foreach (var child in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null))
                Children[child.Name] = new(child, child.PropertyType);
    }

    private SettingsSchema() { }

    /// <summary>The property that a node binds to; null for the root, for sections and for items.</summary>
    public PropertyInfo? Property { get; }

    /// <summary>Type of a leaf; null for the others.</summary>
    public Type? Scalar { get; }

    /// <summary>What every free key of a map, or every item of a list, holds.</summary>
    public SettingsSchema? Any { get; }

    /// <summary>Whether <see cref="Any"/> is a list's item.</summary>
    public bool IsList { get; }

    /// <summary>Named children.</summary>
    public Dictionary<string, SettingsSchema> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The tree of several option records: each under its section's name, the one with an empty name at the root.</summary>
    public static SettingsSchema Of(IEnumerable<SettingsSection> sections)
    {
        var root = new SettingsSchema();
        foreach (var section in sections)
        {
            var node = Of(section.Options);
            if (section.Name.Length > 0) root.Children[section.Name] = node;
            else foreach (var (name, child) in node.Children) root.Children[name] = child;
        }
        return root;
    }

    /// <summary>The tree of one option record.</summary>
    public static SettingsSchema Of(Type options) => new(null, options);

    private static Type? ElementOf(Type type, Type wanted, int argument) =>
        type.GetInterfaces().Append(type)
            .Where(candidate => candidate.IsGenericType && typeof(IEnumerable).IsAssignableFrom(candidate))
            .FirstOrDefault(candidate => candidate.GetGenericTypeDefinition() == wanted || IsReadOnlyTwin(candidate, wanted))
            ?.GetGenericArguments()[argument];

    private static bool IsReadOnlyTwin(Type candidate, Type wanted) =>
        wanted == typeof(IDictionary<,>) && candidate.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);
}
