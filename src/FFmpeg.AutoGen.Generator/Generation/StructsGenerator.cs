namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes structs and unions. C# lays out sequential structs as C does on 64-bit targets.</summary>
internal static class StructsGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings)
    {
        foreach (var structure in bindings.Structs)
        {
            if (structure.IsUnion)
            {
                code.Line("[StructLayout(LayoutKind.Explicit)]");
            }
            code.Block($"public unsafe partial struct {structure.Name}", () =>
            {
                foreach (var field in structure.Fields)
                {
                    code.Obsolete(field.IsDeprecated);
                    code.Line($"{(structure.IsUnion ? "[FieldOffset(0)] " : "")}public {field.Type} @{field.Name};");
                }
            });
            code.Line("");
        }
    }
}
