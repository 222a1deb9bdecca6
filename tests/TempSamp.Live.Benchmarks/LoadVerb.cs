using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>load [--json]</c>: memory and time of loading a sharded checkpoint of several hundred megabytes that is made up on the spot.</summary>
/// <remarks>
/// Besides the parameters themselves a load may take one slice of copied and one of mapped bytes. Each load runs in a process of its own, so that its
/// highest resident memory is the load's.
/// </remarks>
public static class LoadVerb
{
    private const int Shards = 4;

    // The 3B layout with fewer layers and words: its largest tensor is far larger than a slice.
    private static readonly QwenConfig Shape = new(
        new(65536, 2048, 4096, 2, 16, 2, 1e-6, 1e6, [16, 24, 24], TieWordEmbeddings: false, 128000),
        new(2, 1280, 3420, 16, 2048, 14, 2, 2, 112, [1], 2), 65000, 65001, 65002, 65003, "bfloat16");

    private const string ShapeJson = """
        {"architectures":["Qwen2_5_VLForConditionalGeneration"],"model_type":"qwen2_5_vl","hidden_size":2048,"intermediate_size":4096,"num_hidden_layers":2,"num_attention_heads":16,
         "num_key_value_heads":2,"vocab_size":65536,"tie_word_embeddings":false,"rms_norm_eps":1e-6,"rope_theta":1000000,"rope_scaling":{"type":"mrope","mrope_section":[16,24,24]},
         "max_position_embeddings":128000,"torch_dtype":"bfloat16","vision_start_token_id":65000,"vision_end_token_id":65001,"image_token_id":65002,"video_token_id":65003,
         "vision_config":{"depth":2,"hidden_size":1280,"num_heads":16,"intermediate_size":3420,"out_hidden_size":2048,"in_chans":3,"patch_size":14,"spatial_patch_size":14,
         "temporal_patch_size":2,"spatial_merge_size":2,"window_size":112,"fullatt_block_indexes":[1],"tokens_per_second":2,"hidden_act":"silu"}}
        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var only = new Option<string?>("--folder") { Hidden = true };
        var type = new Option<ScalarType>("--type") { Hidden = true };
        var command = new Command("load", "Measures extra memory and time of loading a sharded bfloat16 checkpoint.") { json, only, type };
        command.SetAction(parse =>
        {
            if (parse.GetValue(only) is { } folder) Console.WriteLine(JsonSerializer.Serialize(Measure(folder, parse.GetValue(type))));
            else Report(Run(), parse.GetValue(json));
        });
        return command;
    }

    private static LoadFigures[] Run()
    {
        TorchRuntime.Ensure();
        var folder = Directory.CreateTempSubdirectory("load").FullName;
        try
        {
            Write(folder);
            return [InOwnProcess(folder, ScalarType.BFloat16), InOwnProcess(folder, ScalarType.Float32)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LoadFigures InOwnProcess(string folder, ScalarType type)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["load", "--folder", folder, "--type", type.ToString()]) { RedirectStandardOutput = true })!;
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return JsonSerializer.Deserialize<LoadFigures>(output)!;
    }

    private static LoadFigures Measure(string folder, ScalarType type)
    {
        TorchRuntime.Ensure();
        zeros(1, type).Dispose();                                                                   // whatever libtorch sets up once is not the load's
        var (before, timer) = (Memory("VmRSS"), Stopwatch.StartNew());
        using var model = QwenModel.Load(folder, type);
        timer.Stop();
        var parameters = model.parameters().Sum(p => p.numel() * type.ElementSize());
        var files = Directory.GetFiles(folder, "*.safetensors").Sum(f => new FileInfo(f).Length);
        return new(type.ToString(), files, parameters, Memory("VmHWM") - before - parameters, SafetensorsFile.SliceBytes, timer.Elapsed.TotalSeconds);
    }

    private static long Memory(string key) =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal)).Split(':')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;

    // One shard is in memory at a time, so that what is written here does not hide what loading takes.
    private static void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), ShapeJson);
        using var scope = NewDisposeScope();
        var map = new Dictionary<string, string>();
        foreach (var shard in Names().Index().GroupBy(n => n.Index % Shards, n => n.Item))
        {
            using var inner = NewDisposeScope();
            var file = $"model-{shard.Key + 1:00000}-of-{Shards:00000}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, file), shard.Select(n => KeyValuePair.Create(n.Name, zeros(n.Shape, ScalarType.BFloat16))));
            foreach (var (name, _) in shard) map[name] = file;
        }
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = map }));
    }

    private static (string Name, long[] Shape)[] Names()
    {
        using var scope = NewDisposeScope();
        using var model = QwenModel.Create(Shape, 0, ScalarType.BFloat16, META);
        return [.. model.named_parameters().Select(p => (p.name, p.parameter.shape))];
    }

    private static void Report(LoadFigures[] all, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { Machine = MachineFacts.Read(), Loads = all }));
            return;
        }
        Console.WriteLine(MachineFacts.Read());
        foreach (var f in all)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"load into {f.Type}: {f.FileBytes / 1e6:0} MB in {Shards} shards, parameters {f.ParameterBytes / 1e6:0} MB, extra memory {f.ExtraBytes / 1e6:0} MB at its highest (bound: two slices of {f.SliceBytes / 1e6:0} MB), {f.Seconds:0.00} s"));
    }
}

/// <summary>What loading a checkpoint into one number format took.</summary>
/// <param name="Type">Number format of the loaded parameters.</param>
/// <param name="FileBytes">Bytes read from the shards.</param>
/// <param name="ParameterBytes">Bytes of the parameters themselves.</param>
/// <param name="ExtraBytes">Resident memory at its highest, less what was there before and less the parameters: copies, mapped pages and the code that became resident.</param>
/// <param name="SliceBytes">The loader promises one slice of copied and one of mapped bytes.</param>
/// <param name="Seconds">Wall time.</param>
public sealed record LoadFigures(string Type, long FileBytes, long ParameterBytes, long ExtraBytes, long SliceBytes, double Seconds);
