using System.Diagnostics;
using FFmpeg.AutoGen.Generator;

namespace TempSamp.Live.Media.Tests;

/// <summary>The C compiler and the FFmpeg headers of this machine; a test that needs them skips where they are absent.</summary>
internal sealed class CCompiler : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tempsamp-cc-");

    /// <summary>Include lines of every bound header.</summary>
    public static string Includes { get; } = string.Concat(
        File.ReadLines(Path.Combine(BindingsGenerator.DefaultSurface, "headers.txt")).Select(header => $"#include <{header}>\n"));

    public static CCompiler OrSkip()
    {
        var compiler = new CCompiler();
        if (!Exists("gcc"))
        {
            compiler.Dispose();
            Assert.Skip("gcc is not installed");
        }
        return compiler;
    }

    /// <summary>A compiler that also finds the FFmpeg headers.</summary>
    public static CCompiler WithHeadersOrSkip()
    {
        var compiler = OrSkip();
        if (compiler.Run("gcc", "-fsyntax-only", compiler.Write("headers.c", Includes)).Code != 0)
        {
            compiler.Dispose();
            Assert.Skip("the FFmpeg development headers are not installed (bash deploy/install-native.sh --dev)");
        }
        return compiler;
    }

    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    public string Folder => _folder.FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Standard output of a C program.</summary>
    public string Execute(string program)
    {
        var binary = Path.Combine(Folder, "program");
        var (code, _, errors) = Run("gcc", "-w", "-o", binary, Write("program.c", program));
        Assert.True(code == 0, errors);
        return Run(binary).Output;
    }

    /// <summary>The headers as the preprocessor leaves them.</summary>
    public string Preprocess(params string[] flags) => Run("gcc", [.. flags, "-E", "-P", Write("headers.c", Includes)]).Output;

    public (int Code, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
