using System.Diagnostics;
using System.Text;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Runs clang on sources in a folder of its own.</summary>
internal sealed class Toolchain(string folder)
{
    /// <summary>The compiler: the version whose syntax tree the reader knows.</summary>
    public const string Compiler = "clang-14";

    /// <summary>Writes a source file and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text, Encoding.Latin1);
        return path;
    }

    /// <summary>Runs the compiler and returns its standard output; throws with its messages when it fails.</summary>
    public string Compile(params IEnumerable<string> arguments)
    {
        var (code, output, errors) = Run(Compiler, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{Compiler} failed ({code}): {errors}");
    }

    /// <summary>Runs a program in the folder.</summary>
    public (int Code, string Output, string Errors) Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
        };
        using var process = Process.Start(start)!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.ToString());
    }
}
