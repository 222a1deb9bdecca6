using System.Globalization;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes enums with the constants' C names.</summary>
internal static class EnumsGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings)
    {
        foreach (var enumeration in bindings.Enums)
        {
            code.Block($"public enum {enumeration.Name} : int", () =>
            {
                foreach (var (name, value) in enumeration.Constants)
                {
                    code.Line(string.Create(CultureInfo.InvariantCulture, $"@{name} = {value},"));
                }
            });
            code.Line("");
        }
    }
}
