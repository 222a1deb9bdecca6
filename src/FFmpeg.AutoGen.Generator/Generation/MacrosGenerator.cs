namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes macros as constants, or as read-only fields where the package has those too.</summary>
internal static class MacrosGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings) =>
        code.Block("public static unsafe partial class ffmpeg", () =>
        {
            foreach (var macro in bindings.Macros)
            {
                code.Line($"public {(macro.IsConst ? "const" : "static readonly")} {macro.Type} {macro.Name} = {macro.Literal};");
            }
        });
}
