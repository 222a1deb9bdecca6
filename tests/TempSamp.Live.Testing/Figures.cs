using System.Text.Json;
using System.Text.Json.Serialization;

namespace TempSamp.Live.Testing;

/// <summary>Numbers of a measurement. One that could not be taken is not a number, and is printed as null.</summary>
public static class Figures
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new MissingAsNull() } };

    /// <summary>The value that a share of the values does not exceed; not a number where there are none.</summary>
    /// <param name="values">In any order.</param>
    /// <param name="share">Between 0 and 1.</param>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>The middle value; not a number where there are none.</summary>
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The average; not a number where there are none.</summary>
    public static double Mean(IReadOnlyCollection<double> values) => values.Count == 0 ? double.NaN : values.Average();

    /// <summary>A report as JSON.</summary>
    public static string ToJson(object report) => JsonSerializer.Serialize(report, Options);

    private sealed class MissingAsNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}
