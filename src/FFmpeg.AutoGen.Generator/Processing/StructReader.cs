using System.Text.Json;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Reads the fields of a struct or union.</summary>
internal sealed class StructReader(TypeMapper mapper, SyntaxTree tree)
{
    /// <summary>The struct; adds the types of its fields to the mapper.</summary>
    /// <remarks>Neighbouring bit-fields share an int and are joined under one name, such as <c>flags2_size30</c>.</remarks>
    public StructDefinition Read(string name, JsonElement record)
    {
        var fields = new List<FieldDefinition>();
        var bits = "";
        var anonymous = default(JsonElement);
        foreach (var node in SyntaxTree.Inner(record))
        {
            if (SyntaxTree.Kind(node) == "RecordDecl" && SyntaxTree.Name(node).Length == 0)
            {
                anonymous = node;
            }
            else if (SyntaxTree.Kind(node) == "FieldDecl" && node.TryGetProperty("isBitfield", out _))
            {
                bits += tree.Text(node).Split(' ', 2)[1].Replace(" ", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal) + "_";
            }
            else if (SyntaxTree.Kind(node) == "FieldDecl")
            {
                AddBits(fields, ref bits);
                fields.Add(new FieldDefinition(SyntaxTree.Name(node), FieldType(name, node, anonymous), SyntaxTree.IsDeprecated(node)));
            }
        }
        AddBits(fields, ref bits);
        var isUnion = record.GetProperty("tagUsed").GetString() == "union";
        return new StructDefinition(name, isUnion, fields);
    }

    private string FieldType(string structure, JsonElement field, JsonElement anonymous)
    {
        var name = $"{structure}_{SyntaxTree.Name(field)}";
        var type = SyntaxTree.Type(field);
        if (!type.Contains("(unnamed ", StringComparison.Ordinal))
        {
            return mapper.Map(CTypeParser.Parse(type), name);
        }
        mapper.AddStruct(name, anonymous);
        return name + new string('*', type[type.LastIndexOf(')')..].Count(c => c == '*'));
    }

    private static void AddBits(List<FieldDefinition> fields, ref string bits)
    {
        if (bits.Length > 0)
        {
            fields.Add(new FieldDefinition(bits.TrimEnd('_'), "int", IsDeprecated: false));
            bits = "";
        }
    }
}
