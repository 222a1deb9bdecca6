using System.Text.Json;

namespace FFmpeg.AutoGen.Generator;

/// <summary>The declarations of the headers, by name, from clang's JSON dump of one preprocessed file.</summary>
internal sealed class SyntaxTree
{
    private readonly string _source;

    private SyntaxTree(string source) => _source = source;

    /// <summary>Structs and unions; a definition wins over a forward declaration.</summary>
    public Dictionary<string, JsonElement> Records { get; } = new(StringComparer.Ordinal);

    /// <summary>Enums, also those that only a typedef names.</summary>
    public Dictionary<string, JsonElement> Enums { get; } = new(StringComparer.Ordinal);

    /// <summary>What each typedef stands for, as C.</summary>
    public Dictionary<string, string> Typedefs { get; } = new(StringComparer.Ordinal);

    /// <summary>Functions.</summary>
    public Dictionary<string, JsonElement> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>Preprocesses a source into one file, so that every offset in the dump is an offset in that file, and reads the dump.</summary>
    public static SyntaxTree Read(Toolchain toolchain, string source)
    {
        var text = toolchain.Compile("-x", "c", "-E", "-P", source);
        var file = toolchain.Write("preprocessed.c", text);
        using var document = JsonDocument.Parse(toolchain.Compile("-x", "c", "-fsyntax-only", "-Xclang", "-ast-dump=json", file));
        var tree = new SyntaxTree(text);
        tree.Index(document.RootElement.GetProperty("inner").Clone());
        return tree;
    }

    /// <summary>The source text of a declaration.</summary>
    public string Text(JsonElement node)
    {
        var range = node.GetProperty("range");
        var end = range.GetProperty("end");
        var from = range.GetProperty("begin").GetProperty("offset").GetInt32();
        return _source[from..(end.GetProperty("offset").GetInt32() + end.GetProperty("tokLen").GetInt32())];
    }

    /// <summary>Children of a node.</summary>
    public static IEnumerable<JsonElement> Inner(JsonElement node) =>
        node.TryGetProperty("inner", out var inner) ? inner.EnumerateArray().Where(child => child.TryGetProperty("kind", out _)) : [];

    /// <summary>What sort of node it is, such as <c>FieldDecl</c>.</summary>
    public static string Kind(JsonElement node) => node.GetProperty("kind").GetString()!;

    /// <summary>Name of a node; empty for anonymous ones.</summary>
    public static string Name(JsonElement node) => node.TryGetProperty("name", out var name) ? name.GetString()! : "";

    /// <summary>Type of a node, as C.</summary>
    public static string Type(JsonElement node) => node.GetProperty("type").GetProperty("qualType").GetString()!;

    /// <summary>Whether the header marks it as deprecated.</summary>
    public static bool IsDeprecated(JsonElement node) => Inner(node).Any(child => Kind(child) == "DeprecatedAttr");

    private void Index(JsonElement declarations)
    {
        var anonymous = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var node in declarations.EnumerateArray())
        {
            switch (Kind(node))
            {
                case "RecordDecl" or "EnumDecl" when Name(node).Length == 0:
                    anonymous[Id(node)] = node;
                    break;
                case "RecordDecl":
                    IndexRecord(node);
                    break;
                case "EnumDecl":
                    Enums[Name(node)] = node;
                    break;
                case "FunctionDecl":
                    Functions[Name(node)] = node;
                    break;
                case "TypedefDecl":
                    IndexTypedef(node, anonymous);
                    break;
            }
        }
    }

    /// <summary>A struct may be mentioned for the first time inside another, as <c>struct AVCodecInternal *internal</c> is.</summary>
    private void IndexRecord(JsonElement node)
    {
        if (!Records.ContainsKey(Name(node)) || node.TryGetProperty("completeDefinition", out _))
        {
            Records[Name(node)] = node;
        }
        foreach (var mentioned in Inner(node).Where(child => Kind(child) == "RecordDecl" && Name(child).Length > 0))
        {
            IndexRecord(mentioned);
        }
    }

    /// <summary>A typedef names an anonymous struct or enum through the declaration it owns.</summary>
    private void IndexTypedef(JsonElement node, Dictionary<string, JsonElement> anonymous)
    {
        var owned = Inner(node).Select(child => child.TryGetProperty("ownedTagDecl", out var tag) ? Id(tag) : "").FirstOrDefault("");
        if (anonymous.TryGetValue(owned, out var declaration))
        {
            (Kind(declaration) == "EnumDecl" ? Enums : Records)[Name(node)] = declaration;
        }
        else
        {
            Typedefs[Name(node)] = Type(node);
        }
    }

    private static string Id(JsonElement node) => node.GetProperty("id").GetString()!;
}
