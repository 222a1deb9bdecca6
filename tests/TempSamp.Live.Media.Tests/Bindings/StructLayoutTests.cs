using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using FFmpeg.AutoGen;
using FFmpeg.AutoGen.Generator;

namespace TempSamp.Live.Media.Tests;

/// <summary>Compares what the bindings say of structs and constants with what a C compiler says of the installed headers.</summary>
public sealed partial class StructLayoutTests
{
    [Fact]
    public void Every_bound_struct_has_the_size_and_field_offsets_of_the_C_headers()
    {
        using var compiler = CCompiler.WithHeadersOrSkip();
        var declared = Word().Matches(compiler.Preprocess()).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var structs = typeof(ffmpeg).Assembly.GetExportedTypes()
            .Where(type => type is { IsValueType: true, IsEnum: false, Namespace: "FFmpeg.AutoGen" } && type.GetInterface("IFixedArray") is null)
            .Where(type => !type.Name.EndsWith("_func", StringComparison.Ordinal) && Fields(type).Length > 0)
            .Select(type => (Type: type, C: CName(type)))
            .Where(item => declared.Contains(Parent(item.Type)?.Name ?? item.C))
            .ToList();

        var expected = new List<string>();
        var program = new StringBuilder(CCompiler.Includes).Append("#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n");
        foreach (var (type, c) in structs)
        {
            expected.Add($"{type.Name} {SizeOf(type)}");
            program.Append($"printf(\"{type.Name} %zu\\n\", sizeof({c}));\n");
            foreach (var field in Fields(type).Where(field => !BitFields().IsMatch(field.Name)))
            {
                expected.Add($"{type.Name}.{field.Name} {Marshal.OffsetOf(type, field.Name)}/{SizeOf(field.FieldType)}");
                program.Append($"printf(\"{type.Name}.{field.Name} %zu/%zu\\n\", offsetof({c}, {field.Name}), sizeof((({c}*)0)->{field.Name}));\n");
            }
        }
        var actual = compiler.Execute(program.Append("}\n").ToString()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.True(structs.Count >= 45, $"only {structs.Count} structs were compared");
        Assert.Equal(actual, expected);
    }

    [Fact]
    public void Every_bound_constant_has_the_value_of_the_C_headers()
    {
        using var compiler = CCompiler.WithHeadersOrSkip();
        var declared = Word().Matches(compiler.Preprocess()).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var wanted = new Regex($"^(?:{string.Join('|', File.ReadLines(Path.Combine(BindingsGenerator.DefaultSurface, "macros.txt")).Where(line => !line.StartsWith('#')))})$");
        var constants = typeof(ffmpeg).Assembly.GetExportedTypes()
            .Where(type => type.IsEnum && declared.Contains(type.Name))
            .SelectMany(type => type.GetEnumNames().Select(name => (Name: name, Value: Convert.ToInt64(Enum.Parse(type, name)))))
            .Where(constant => declared.Contains(constant.Name))
            .Concat(typeof(ffmpeg).GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => wanted.IsMatch(field.Name) && field.FieldType.IsPrimitive && field.FieldType != typeof(double) && field.FieldType != typeof(float))
                .Select(field => (field.Name, Value: Value(field.GetValue(null)!))))
            .ToList();

        var lines = constants.Select(constant => $"printf(\"{constant.Name} %lld\\n\", (long long)({constant.Name}));\n");
        var program = $"{CCompiler.Includes}#include <stdio.h>\nint main(void) {{\n{string.Concat(lines)}}}\n";
        var actual = compiler.Execute(program).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.True(constants.Count >= 1000, $"only {constants.Count} constants were compared");
        Assert.Equal(actual, constants.Select(constant => $"{constant.Name} {constant.Value}"));
    }

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>C has no name for the struct of an anonymous member; it is reached through its parent.</summary>
    private static string CName(Type type)
    {
        if (Parent(type) is not { } parent)
        {
            return type.Name;
        }
        var field = parent.GetField(type.Name[(parent.Name.Length + 1)..])!;
        return $"__typeof__({(field.FieldType.IsPointer ? "*" : "")}(({parent.Name}*)0)->{field.Name})";
    }

    private static Type? Parent(Type type)
    {
        var under = type.Name.IndexOf('_', StringComparison.Ordinal);
        var parent = under > 0 ? type.Assembly.GetType($"FFmpeg.AutoGen.{type.Name[..under]}") : null;
        return parent?.GetField(type.Name[(under + 1)..]) is null ? null : parent;
    }

    private static int SizeOf(Type type) => type.IsPointer
        ? nint.Size
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static long Value(object constant) => constant is ulong number ? unchecked((long)number) : Convert.ToInt64(constant);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[a-z]+\d+_[a-z]+\d+$")]
    private static partial Regex BitFields();
}
