using System.Text.Json;
using System.Text.RegularExpressions;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Reads functions and the types of their signatures.</summary>
internal sealed partial class FunctionReader(TypeMapper mapper, SyntaxTree tree)
{
    /// <summary>A function of a library.</summary>
    public FunctionDefinition Read(string name, string library)
    {
        if (!tree.Functions.TryGetValue(name, out var node))
        {
            throw new InvalidDataException($"the headers do not declare the function '{name}'");
        }
        var signature = (CType.Function)CTypeParser.Parse(SyntaxTree.Type(node));
        var parameters = SyntaxTree.Inner(node).Where(child => SyntaxTree.Kind(child) == "ParmVarDecl").Select(child => Parameter(name, child));
        var isText = TypeMapper.IsText(signature.Returns);
        return new FunctionDefinition(
            name, library, isText ? "string" : mapper.Map(signature.Returns, name + "_return"), isText, SyntaxTree.IsDeprecated(node), [.. parameters]);
    }

    /// <summary>clang has turned array parameters into pointers; the source text still has their brackets.</summary>
    private ParameterDefinition Parameter(string function, JsonElement node)
    {
        var name = SyntaxTree.Name(node);
        var type = CTypeParser.Parse(SyntaxTree.Type(node));
        var brackets = Brackets().Match(tree.Text(node));
        if (brackets.Success && type is CType.Pointer decayed)
        {
            return int.TryParse(brackets.Groups[1].ValueSpan, out var length)
                ? new ParameterDefinition(name, mapper.MapArray(new CType.Array(decayed.To, length), name),
                    IsConst(decayed.To) ? ParameterShape.ReadOnlyReference : ParameterShape.Reference)
                : new ParameterDefinition(name, mapper.Map(decayed.To, name), ParameterShape.Array);
        }
        return TypeMapper.IsText(type)
            ? new ParameterDefinition(name, "string", ParameterShape.Text)
            : new ParameterDefinition(name, mapper.Map(type, $"{function}_{name}"), ParameterShape.Plain);
    }

    /// <summary>Whether nothing of an array element is written: a pointer must be constant, and so must what it points to.</summary>
    private static bool IsConst(CType type) => type is CType.Named { IsConst: true } or CType.Pointer { IsConst: true, To: CType.Named { IsConst: true } };

    [GeneratedRegex(@"\[\s*(\d*)\s*\]\s*$")]
    private static partial Regex Brackets();
}
