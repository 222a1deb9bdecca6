using FFmpeg.AutoGen.Generator;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

public sealed class BindingsGeneratorTests
{
    [Fact]
    public void Regenerating_from_the_installed_headers_gives_the_committed_files()
    {
        Assert.SkipUnless(CCompiler.Exists(BindingsGenerator.Compiler), $"{BindingsGenerator.Compiler} is not installed");
        Assert.SkipWhen(SharedData.Repository is null, "the tests run away from the repository");
        using var compiler = CCompiler.WithHeadersOrSkip();
        var committed = Path.Combine(SharedData.Repository, "src", "FFmpeg.AutoGen", "Generated");

        var written = BindingsGenerator.Generate(BindingsGenerator.DefaultSurface, compiler.Folder);

        Assert.Equal(Directory.GetFiles(committed).Select(Path.GetFileName).Order(), written.Select(Path.GetFileName).Order());
        foreach (var path in written)
        {
            Assert.True(File.ReadAllText(path) == File.ReadAllText(Path.Combine(committed, Path.GetFileName(path))),
                $"{Path.GetFileName(path)} differs: run 'dotnet run --project src/FFmpeg.AutoGen.Generator'");
        }
    }

    [Fact]
    public void A_listed_function_that_the_headers_lack_is_named()
    {
        Assert.SkipUnless(CCompiler.Exists(BindingsGenerator.Compiler), $"{BindingsGenerator.Compiler} is not installed");
        using var compiler = CCompiler.WithHeadersOrSkip();
        compiler.Write("headers.txt", "libavutil/avutil.h");
        compiler.Write("functions.txt", "avutil: avutil_version av_no_such_function");
        compiler.Write("types.txt", "");
        compiler.Write("macros.txt", "AV_NOPTS_VALUE");

        var error = Assert.Throws<InvalidDataException>(() => BindingsGenerator.Generate(compiler.Folder, Path.Combine(compiler.Folder, "out")));

        Assert.Contains("av_no_such_function", error.Message);
    }
}
