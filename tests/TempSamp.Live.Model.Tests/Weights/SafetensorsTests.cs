using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Byte)]
    public void What_is_written_is_read_back(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "a.safetensors");
        var (one, two) = (arange(0, 12).to(type).view(3, 4), zeros([2, 0], type));
        SafetensorsWriter.Write(path, [new("one", one), new("two", two)]);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["one", "two"], file.Entries.Keys.Order());
        Assert.True(file.Read("one").equal(one).all().item<bool>());
        Assert.Equal([2, 0], file.Read("two").shape);
        Assert.Equal(type, file.Read("two").dtype);
    }

    [Fact]
    public void A_transposed_tensor_is_written_row_by_row_in_the_wanted_type()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "a.safetensors");
        var turned = arange(0, 6).to(ScalarType.Float32).view(2, 3).t();
        SafetensorsWriter.Write(path, [new("t", turned)], ScalarType.BFloat16);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(ScalarType.BFloat16, file.Entries["t"].Type);
        Assert.True(file.Read("t").to(ScalarType.Float32).equal(turned).all().item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float32, 12)]
    [InlineData(ScalarType.BFloat16, 12)]
    [InlineData(ScalarType.Float64, 1)]
    public void A_tensor_is_copied_whole_in_slices_of_any_size_into_any_type(ScalarType type, int slice)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "a.safetensors");
        var values = arange(0, 35).to(ScalarType.Float32).view(5, 7);
        SafetensorsWriter.Write(path, [new("before", zeros(3)), new("t", values)]);

        using var file = SafetensorsFile.Open(path);
        var target = full([5, 7], -1, type);
        file.CopyTo("t", target, slice);
        Assert.True(target.equal(values.to(type)).all().item<bool>());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "tensor a ends at byte 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "needs 12 bytes but has 8")]
    [InlineData("""{"a":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}""", 8, "unknown type F8")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,8]}}""", 8, "shape [-1]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "needs 18446744073709551616 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 8, "tensors a and b overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8, "listed twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}""", 8, "lies at [-4, 0]")]
    [InlineData("""{"a":{"shape":[4],"data_offsets":[0,4]}}""", 8, "not the JSON of a safetensors file")]
    [InlineData("""{"a":""", 8, "not the JSON of a safetensors file")]
    public void A_damaged_file_is_refused_by_name_and_reason(string header, int data, string reason)
    {
        var path = Path.Combine(_folder, "damaged.safetensors");
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. Length((ulong)json.Length), .. json, .. new byte[data]]);

        var error = Assert.Throws<ModelException>(() => SafetensorsFile.Open(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_file_that_is_no_safetensors_file_is_refused()
    {
        var path = Path.Combine(_folder, "b.safetensors");
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Contains("too few for a header", Assert.Throws<ModelException>(() => SafetensorsFile.Open(path)).Message);
        File.WriteAllBytes(path, [.. Length(ulong.MaxValue), 1]);
        Assert.Contains("may not be a safetensors file", Assert.Throws<ModelException>(() => SafetensorsFile.Open(path)).Message);
        File.WriteAllBytes(path, [.. Length(1000), 1]);
        Assert.Contains("download is not complete", Assert.Throws<ModelException>(() => SafetensorsFile.Open(path)).Message);
        Assert.Contains("does not exist", Assert.Throws<ModelException>(() => SafetensorsFile.Open(path + ".absent")).Message);
    }

    private static byte[] Length(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
