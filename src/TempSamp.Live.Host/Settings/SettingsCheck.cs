using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host;

/// <summary>Looks at every configured key before anything is bound: does it exist, does its value convert, is it inside its bounds.</summary>
internal static class SettingsCheck
{
    /// <summary>All errors of single settings, in the order of the keys.</summary>
    public static IReadOnlyList<SettingError> Errors(IConfiguration configuration, SettingsSchema schema)
    {
        var errors = new List<SettingError>();
        foreach (var section in configuration.GetChildren())
        {
            // A bare top-level value is no setting of ours: environment variables with our prefix may be anything.
            if (schema.Children.TryGetValue(section.Key, out var node)) Visit(section, node, errors);
            else if (section.GetChildren().Any()) errors.Add(Unknown(section, schema));
        }
        return errors;
    }

    private static void Visit(IConfigurationSection at, SettingsSchema node, List<SettingError> errors)
    {
        if (node.Scalar is not null)
        {
            if (at.GetChildren().Any()) errors.Add(new(at.Path, "{...}", "a single value is expected here", $"give one {Describe(node.Scalar)}"));
            else if (at.Value is not null) CheckValue(at, node, errors);
            return;
        }
        if (!string.IsNullOrEmpty(at.Value))
            errors.Add(new(at.Path, at.Value, node.IsList ? "a list is expected here" : "named settings are expected here",
                node.IsList ? $"use {at.Path}:0 for its first item" : $"set {at.Path}:NAME"));
        foreach (var child in at.GetChildren())
        {
            if (node.Any is not null) Visit(child, node.Any, errors);
            else if (node.Children.TryGetValue(child.Key, out var next)) Visit(child, next, errors);
            else errors.Add(Unknown(child, node));
        }
    }

    private static void CheckValue(IConfigurationSection at, SettingsSchema node, List<SettingError> errors)
    {
        var type = Nullable.GetUnderlyingType(node.Scalar!) ?? node.Scalar!;
        if (at.Value!.Length == 0 && type != node.Scalar) return;
        object? value;
        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(at.Value);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            errors.Add(new(at.Path, at.Value, "cannot be read", $"give {Describe(type)}"));
            return;
        }
        foreach (var rule in RulesOf(node).Where(rule => !rule.IsValid(value)))
            errors.Add(new(at.Path, at.Value, Reason(rule), Fix(rule, type)));
    }

    private static IEnumerable<ValidationAttribute> RulesOf(SettingsSchema node) =>
        node.Property?.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>() ?? [];

    private static SettingError Unknown(IConfigurationSection at, SettingsSchema parent)
    {
        var nearest = parent.Children.Keys.MinBy(name => Distance(name, at.Key));
        var fix = nearest is not null && Distance(nearest, at.Key) <= Math.Max(2, at.Key.Length / 3)
            ? $"did you mean {nearest}?"
            : $"known here: {string.Join(", ", parent.Children.Keys)}";
        return new(at.Path, at.Value ?? "{...}", "no such setting", fix);
    }

    private static string Reason(ValidationAttribute rule) => rule switch
    {
        RangeAttribute => "outside its bounds",
        RequiredAttribute => "must not be empty",
        StringLengthAttribute or MaxLengthAttribute => "too long",
        _ => rule.FormatErrorMessage("value"),
    };

    private static string Fix(ValidationAttribute rule, Type type) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"give {Describe(type)} from {range.Minimum} to {range.Maximum}"),
        StringLengthAttribute length => $"use at most {length.MaximumLength} characters",
        MaxLengthAttribute length => $"use at most {length.Length} characters",
        _ => $"give {Describe(type)} that fits",
    };

    private static string Describe(Type type) =>
        type == typeof(TimeSpan) ? "a duration such as 00:00:30 (hours:minutes:seconds)"
        : type == typeof(bool) ? "true or false"
        : type == typeof(string) ? "a text"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(ulong) ? "a whole number"
        : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "a number such as 0.5"
        : $"a {type.Name}";

    /// <summary>Levenshtein distance without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
