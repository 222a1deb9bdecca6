using System.Globalization;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Turns C types into C# types, and collects the structs, enums, fixed arrays and delegates met on the way.</summary>
internal sealed class TypeMapper(SyntaxTree tree)
{
    private static readonly Dictionary<string, string> Primitives = new(StringComparer.Ordinal)
    {
        ["void"] = "void", ["char"] = "byte", ["signed char"] = "sbyte", ["unsigned char"] = "byte", ["_Bool"] = "byte",
        ["short"] = "short", ["unsigned short"] = "ushort", ["int"] = "int", ["unsigned int"] = "uint", ["unsigned"] = "uint",
        ["long"] = "long", ["unsigned long"] = "ulong", ["long long"] = "long", ["unsigned long long"] = "ulong",
        ["float"] = "float", ["double"] = "double", ["size_t"] = "ulong", ["ptrdiff_t"] = "long",
        ["int8_t"] = "sbyte", ["uint8_t"] = "byte", ["int16_t"] = "short", ["uint16_t"] = "ushort",
        ["int32_t"] = "int", ["uint32_t"] = "uint", ["int64_t"] = "long", ["uint64_t"] = "ulong", ["__va_list_tag"] = "byte",
    };

    private readonly SortedDictionary<string, StructDefinition?> _structs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, EnumDefinition> _enums = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FixedArrayDefinition> _arrays = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DelegateDefinition> _delegates = new(StringComparer.Ordinal);

    public IReadOnlyCollection<StructDefinition> Structs => [.. _structs.Values.Select(found => found!)];
    public IReadOnlyCollection<EnumDefinition> Enums => _enums.Values;
    public IReadOnlyCollection<FixedArrayDefinition> Arrays => _arrays.Values;
    public IReadOnlyCollection<DelegateDefinition> Delegates => _delegates.Values;

    /// <summary>The C# name of a type. <paramref name="functionName"/> names its delegate, should it be a function pointer.</summary>
    public string Map(CType type, string functionName) => type switch
    {
        CType.Named named => MapNamed(named.Name, functionName),
        CType.Pointer { To: CType.Function function } => MapFunction(function, functionName),
        CType.Pointer pointer => MapTarget(pointer.To, functionName) + "*",
        CType.Array array => MapArray(array, functionName),
        CType.Function function => MapFunction(function, functionName),
        _ => throw new InvalidOperationException($"no C# for {type}"),
    };

    /// <summary>Adds a struct or enum by name.</summary>
    public string MapNamed(string name, string functionName)
    {
        if (Primitives.TryGetValue(name, out var primitive))
        {
            return primitive;
        }
        if (tree.Enums.TryGetValue(name, out var declaration))
        {
            _enums.TryAdd(name, EnumReader.Read(name, declaration));
            return name;
        }
        if (tree.Records.TryGetValue(name, out var record))
        {
            AddStruct(name, record);
            return name;
        }
        return tree.Typedefs.TryGetValue(name, out var meaning)
            ? Map(CTypeParser.Parse(meaning), functionName)
            : throw new InvalidDataException($"the headers do not declare the type '{name}'");
    }

    /// <summary>Adds a struct under a name; its own entry is made first, because structs point to each other.</summary>
    public void AddStruct(string name, System.Text.Json.JsonElement record)
    {
        if (_structs.TryAdd(name, null))
        {
            _structs[name] = new StructReader(this, tree).Read(name, record);
        }
    }

    /// <summary>Whether a type is a pointer to characters that native code only reads.</summary>
    public static bool IsText(CType type) => type is CType.Pointer { To: CType.Named { Name: "char", IsConst: true } };

    /// <summary>Adds the fixed array type of <paramref name="array"/> and returns its name.</summary>
    public string MapArray(CType.Array array, string functionName)
    {
        var length = array.Length ?? throw new InvalidDataException($"{functionName}: an array without a length");
        var element = Map(array.Of, functionName);
        var (name, kind) = element switch
        {
            _ when element.EndsWith('*') => ($"{element[..^1]}_ptrArray{length}", FixedArrayKind.Pointer),
            _ when Primitives.ContainsValue(element) => ($"{element}_array{length}", FixedArrayKind.Primitive),
            _ when array.Of is CType.Array inner => ($"{Map(inner.Of, functionName)}_array{length}x{inner.Length}", FixedArrayKind.Struct),
            _ => ($"{element}_array{length}", FixedArrayKind.Struct),
        };
        _arrays.TryAdd(name, new FixedArrayDefinition(name, element, length, kind));
        return name;
    }

    private string MapTarget(CType target, string functionName) => target is CType.Function ? "void" : Map(target, functionName);

    private string MapFunction(CType.Function function, string name)
    {
        var parameters = function.Parameters.Select((type, i) =>
        {
            var position = string.Create(CultureInfo.InvariantCulture, $"p{i}");
            return IsText(type)
                ? new ParameterDefinition(position, "string", ParameterShape.Text)
                : new ParameterDefinition(position, IsFunction(type) ? "void*" : Map(type, name), ParameterShape.Plain);
        });
        _delegates.TryAdd(name, new DelegateDefinition(name, Map(function.Returns, name), [.. parameters]));
        return name + "_func";
    }

    private static bool IsFunction(CType type) => type is CType.Function or CType.Pointer { To: CType.Function };
}
