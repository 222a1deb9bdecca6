using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class ProcessorEndToEndTests
{
    [Fact]
    public void Reference_videos_and_questions_become_the_same_input()
    {
        var cases = GoldenManifest.Cases("processor_e2e");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases, AssertSame);
    }

    private static void AssertSame(GoldenCase c)
    {
        var messages = c.Params.GetProperty("messages").EnumerateArray().Select(ChatTemplateTests.Messages).ToArray();
        var (grids, seconds) = (new List<PatchGrid>(), new List<float>());
        for (var v = 0; v < c.Params.GetProperty("video_fps").GetArrayLength(); v++)
        {
            var frames = FrameProcessorTests.Frames(c, $"in.video_{v}", out var size);
            var options = c.Params.GetProperty("video_options")[v];
            var chosen = FrameSamplingTests.Sampling(options).Choose(frames.Length, c.Params.GetProperty("video_fps")[v].GetDouble());
            var fitted = FrameSizeTests.Budget(options).Fit(size, chosen.Indices.Length);
            var resizer = new FrameResizer(size, fitted);
            var resized = chosen.Indices.Select(i => resizer.Video(frames[i])).ToArray();

            Assert.Equal(c.Params.GetProperty("sample_fps")[v].GetDouble(), chosen.Fps, 1e-12);
            FrameProcessorTests.AssertLevels(FrameProcessorTests.Frames(c, $"out.resized_u8_{v}", out var wanted), resized, (int)c.Tolerance("resized_u8_levels"));
            Assert.Equal(wanted, fitted);

            grids.Add(new FrameProcessor(PreprocessorConfig.Load(c.ModelFolder)).Video(resized, fitted).Grid);
            seconds.Add(chosen.SecondsPerGrid);
        }
        if (grids.Count > 0)
        {
            Assert.Equal(c.Tensors.Longs("out.video_grid_thw"), grids.SelectMany(g => new long[] { g.Time, g.Height, g.Width }));
            Assert.Equal(c.Tensors.Floats("out.second_per_grid_ts"), seconds);
        }

        var texts = messages.Select(m => ChatTemplate.Render(m)).ToArray();
        Assert.Equal(c.Params.GetProperty("prompt_texts").EnumerateArray().Select(t => t.GetString()), texts);

        var tokenizer = ChatTokenizer.Load(c.ModelFolder);
        var pad = GenerationConfig.Load(c.ModelFolder).PadTokenId!.Value;
        var sequences = texts.Select((text, i) => tokenizer.Encode(ChatTemplate.Expand(text, [], grids.Count > 0 ? [grids[i]] : [], 4))).ToArray();
        var length = sequences.Max(s => s.Length);
        Assert.Equal(c.Tensors.Longs("out.input_ids"), sequences.SelectMany(s => Enumerable.Repeat(pad, length - s.Length).Concat(s)).Select(id => (long)id));
        Assert.Equal(c.Tensors.Longs("out.attention_mask"), sequences.SelectMany(s => Enumerable.Repeat(0L, length - s.Length).Concat(Enumerable.Repeat(1L, s.Length))));

        var answers = c.Tensors.Longs("out.new_tokens").Chunk((int)c.Tensors.Shape("out.new_tokens")[1]).Select(row => Array.ConvertAll(row, id => (int)id)).ToArray();
        Assert.Equal(c.Params.GetProperty("decoded_skip_special").EnumerateArray().Select(t => t.GetString()), answers.Select(a => tokenizer.Decode(a)));
        Assert.Equal(c.Params.GetProperty("decoded_raw").EnumerateArray().Select(t => t.GetString()), answers.Select(a => tokenizer.Decode(a, skipSpecial: false)));
    }
}
