using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Finds the wanted macros and lets a compiled C program tell their types and values.</summary>
internal sealed partial class MacroReader(Toolchain toolchain, Surface surface)
{
    private const string Prelude = """
        #include <stdio.h>
        #define KIND(x) _Generic((x), int: "int", unsigned: "uint", long: "long", long long: "long", unsigned long: "ulong", \
            unsigned long long: "ulong", float: "float", double: "double", char*: "string", const char*: "string")
        #define SHOW(name) do { printf("%s %s ", #name, KIND(name)); printf(_Generic((name), int: "%d\n", unsigned: "%u\n", \
            long: "%ld\n", long long: "%lld\n", unsigned long: "%lu\n", unsigned long long: "%llu\n", float: "%.9g\n", \
            double: "%.17g\n", char*: "%s\n", const char*: "%s\n"), (name)); } while (0)
        int main(void) {
        """;

    /// <summary>The macros, by name.</summary>
    public IReadOnlyCollection<MacroDefinition> Read(string includes)
    {
        var bodies = Bodies(includes);
        var wanted = new Regex($"^(?:{string.Join('|', surface.Macros)})$", RegexOptions.CultureInvariant);
        var names = bodies.Keys.Where(name => wanted.IsMatch(name)).Order(StringComparer.Ordinal).ToList();
        return [.. Values(includes, Constant(includes, names)).Select(line => Definition(line, bodies))];
    }

    /// <summary>Body of each object-like macro, and of each function-like one under its name with a bracket.</summary>
    private Dictionary<string, string> Bodies(string includes)
    {
        var text = toolchain.Compile("-x", "c", "-dM", "-E", toolchain.Write("macros.c", includes));
        return Define().Matches(text).ToDictionary(
            match => match.Groups[1].Value + match.Groups[2].Value, match => match.Groups[3].Value, StringComparer.Ordinal);
    }

    /// <summary>Those names that the compiler takes as a printable constant.</summary>
    private List<string> Constant(string includes, List<string> names)
    {
        var first = (includes + Prelude).Count(c => c == '\n') + 2;
        var (_, _, errors) = toolchain.Run(Toolchain.Compiler, "-fsyntax-only", "-w", "-ferror-limit=0", "-fno-caret-diagnostics", toolchain.Write("probe.c", Program(includes, names)));
        var bad = ErrorLine().Matches(errors).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - first).ToHashSet();
        return [.. names.Where((_, i) => !bad.Contains(i))];
    }

    private string[] Values(string includes, List<string> names)
    {
        var source = toolchain.Write("probe.c", Program(includes, names));
        var program = Path.ChangeExtension(source, null);
        toolchain.Compile("-w", "-o", program, source);
        var (code, output, errors) = toolchain.Run(program);
        return code == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"the macro probe failed ({code}): {errors}");
    }

    private static string Program(string includes, List<string> names)
    {
        var text = new StringBuilder(includes).Append(Prelude).Append('\n');
        names.ForEach(name => text.Append("SHOW(").Append(name).Append(");\n"));
        return text.Append("}\n").ToString();
    }

    private static MacroDefinition Definition(string line, Dictionary<string, string> bodies)
    {
        var parts = line.Split(' ', 3);
        var (name, type, value) = (parts[0], parts[1], parts[2]);
        var literal = type switch
        {
            "string" => $"\"{value}\"",
            "float" => value + "f",
            "double" when !value.Contains('.', StringComparison.Ordinal) => value + ".0",
            "ulong" => value + "UL",
            "long" => value + "L",
            "uint" => value + "U",
            _ => value,
        };
        var callsMacro = Word().Matches(bodies[name]).Any(word => bodies.ContainsKey(word.Value + "("));
        return new MacroDefinition(name, type, literal == "-9223372036854775808L" ? "long.MinValue" : literal, type is not ("long" or "ulong") && !callsMacro);
    }

    [GeneratedRegex(@"^#define (\w+)(\(?)([^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Define();

    [GeneratedRegex(@"probe\.c:(\d+):\d+: error")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();
}
