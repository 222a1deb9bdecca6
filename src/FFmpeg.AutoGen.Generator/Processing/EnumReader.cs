using System.Globalization;
using System.Text.Json;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Reads the constants of an enum.</summary>
internal static class EnumReader
{
    /// <summary>The enum; constants without a value of their own follow the one before.</summary>
    public static EnumDefinition Read(string name, JsonElement declaration)
    {
        var constants = new List<(string, int)>();
        var next = 0;
        foreach (var constant in SyntaxTree.Inner(declaration).Where(node => SyntaxTree.Kind(node) == "EnumConstantDecl"))
        {
            var value = Value(constant) ?? next;
            constants.Add((SyntaxTree.Name(constant), value));
            next = unchecked(value + 1);
        }
        return new EnumDefinition(name, constants);
    }

    private static int? Value(JsonElement node)
    {
        foreach (var child in SyntaxTree.Inner(node))
        {
            if (SyntaxTree.Kind(child) == "ConstantExpr")
            {
                return unchecked((int)long.Parse(child.GetProperty("value").GetString()!, CultureInfo.InvariantCulture));
            }
            if (Value(child) is { } deeper)
            {
                return deeper;
            }
        }
        return null;
    }
}
