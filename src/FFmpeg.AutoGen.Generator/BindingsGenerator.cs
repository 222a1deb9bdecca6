using System.Globalization;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Turns the installed FFmpeg headers into C# bindings.</summary>
public static class BindingsGenerator
{
    /// <summary>The compiler that has to be installed.</summary>
    public const string Compiler = Toolchain.Compiler;

    /// <summary>Where the surface description lies beside this program.</summary>
    public static string DefaultSurface => Path.Combine(AppContext.BaseDirectory, "Surface");

    /// <summary>Writes the <c>*.g.cs</c> files into a folder.</summary>
    /// <param name="surfaceFolder">Folder with headers.txt, functions.txt, types.txt and macros.txt.</param>
    /// <param name="outputFolder">Folder to write to; made when absent.</param>
    /// <returns>The paths written.</returns>
    /// <exception cref="InvalidDataException">A listed function or type is not in the headers.</exception>
    /// <exception cref="InvalidOperationException">The compiler failed; the message has its reasons.</exception>
    public static IReadOnlyList<string> Generate(string surfaceFolder, string outputFolder)
    {
        var surface = Surface.Read(surfaceFolder);
        var work = Directory.CreateTempSubdirectory("ffmpeg-autogen-");
        try
        {
            var bindings = Read(surface, new Toolchain(work.FullName));
            Directory.CreateDirectory(outputFolder);
            return
            [
                Write(outputFolder, "ffmpeg.functions.g.cs", FunctionsGenerator.Write, bindings),
                Write(outputFolder, "ffmpeg.macros.g.cs", MacrosGenerator.Write, bindings),
                Write(outputFolder, "ffmpeg.libraries.g.cs", LibrariesGenerator.Write, bindings),
                Write(outputFolder, "Structs.g.cs", StructsGenerator.Write, bindings),
                Write(outputFolder, "Enums.g.cs", EnumsGenerator.Write, bindings),
                Write(outputFolder, "Arrays.g.cs", ArraysGenerator.Write, bindings),
                Write(outputFolder, "Delegates.g.cs", DelegatesGenerator.Write, bindings),
            ];
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static BindingsDefinition Read(Surface surface, Toolchain toolchain)
    {
        var includes = string.Concat(surface.Headers.Select(header => $"#include <{header}>\n"));
        var tree = SyntaxTree.Read(toolchain, toolchain.Write("all.c", includes));
        var mapper = new TypeMapper(tree);
        var reader = new FunctionReader(mapper, tree);
        var functions = surface.Functions.Select(item => reader.Read(item.Key, item.Value)).ToList();
        foreach (var type in surface.Types)
        {
            mapper.MapNamed(type, type);
        }
        var macros = new MacroReader(toolchain, surface).Read(includes);
        var libraries = surface.Functions.Values.Distinct().Order(StringComparer.Ordinal).Select(name => new LibraryDefinition(name, Major(name, macros)));
        return new BindingsDefinition([.. libraries], functions, mapper.Structs, mapper.Enums, mapper.Arrays, mapper.Delegates, macros);
    }

    private static int Major(string library, IEnumerable<MacroDefinition> macros)
    {
        var name = $"LIB{library.ToUpperInvariant()}_VERSION_MAJOR";
        return int.Parse(macros.Single(macro => macro.Name == name).Literal, CultureInfo.InvariantCulture);
    }

    private static string Write(string folder, string file, Action<CodeWriter, BindingsDefinition> generate, BindingsDefinition bindings)
    {
        var code = new CodeWriter();
        generate(code, bindings);
        var path = Path.Combine(folder, file);
        File.WriteAllText(path, code.ToString());
        return path;
    }
}
