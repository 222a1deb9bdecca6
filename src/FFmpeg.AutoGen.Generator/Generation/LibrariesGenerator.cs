namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes the libraries with their major versions.</summary>
internal static class LibrariesGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings) =>
        code.Block("public static unsafe partial class ffmpeg", () =>
        {
            code.Line("public static Dictionary<string, int> LibraryVersionMap = new()");
            code.Line("{");
            foreach (var library in bindings.Libraries)
            {
                code.Line($"    {{ \"{library.Name}\", {library.Major} }},");
            }
            code.Line("};");
        });
}
