using FFmpeg.AutoGen.Generator;

if (args.Length > 1 || args is ["-h" or "--help"])
{
    Console.WriteLine($"""
        Generates src/FFmpeg.AutoGen/Generated from the installed FFmpeg headers.

          dotnet run --project src/FFmpeg.AutoGen.Generator -- [OUTPUT]

        Needs {BindingsGenerator.Compiler} and the FFmpeg development headers. What is bound is listed in the
        project's Surface folder. Without OUTPUT the folder is found from the current directory upwards.
        """);
    return args.Length > 1 ? 2 : 0;
}

try
{
    foreach (var path in BindingsGenerator.Generate(BindingsGenerator.DefaultSurface, args.FirstOrDefault() ?? FindOutput()))
    {
        Console.WriteLine($"{path}: {File.ReadLines(path).Count()} lines");
    }
    return 0;
}
catch (Exception error) when (error is IOException or InvalidDataException or InvalidOperationException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine($"bindings not generated: {error.Message}");
    return 1;
}

static string FindOutput()
{
    for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        var bindings = Path.Combine(folder.FullName, "src", "FFmpeg.AutoGen");
        if (Directory.Exists(bindings))
        {
            return Path.Combine(bindings, "Generated");
        }
    }
    throw new DirectoryNotFoundException("no src/FFmpeg.AutoGen here or above; name the output folder");
}
