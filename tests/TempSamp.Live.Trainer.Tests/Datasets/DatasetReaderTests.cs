using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class DatasetReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("datasets").FullName;
    private readonly List<string> _said = [];
    private readonly DatasetProblems _problems;

    public DatasetReaderTests() => _problems = new(_said.Add);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, lines);
        return path;
    }

    private List<DatasetRow> Read(string data) => [.. DatasetReader.Read(DatasetFile.Parse(data, _folder), _problems)];

    [Fact]
    public void Charades_lines_take_their_lengths_from_the_table_beside_them()
    {
        Write("AO8RW.mp4");
        Write("Charades_v1_train.csv", "id,subject,script,length", "AO8RW,HR43,\"puts a book, slowly\",33.67");
        var path = Write("charades_sta_train.txt", "AO8RW 0.0 6.9##a person is putting a book on a shelf.", "AO8RW 20.5 40##person begins to eat.");

        var rows = Read(path);

        Assert.Equal(["AO8RW_0", "AO8RW_1"], rows.Select(r => r.Id));
        Assert.Equal(33.67, rows[0].Duration);
        Assert.Equal("a person is putting a book on a shelf.", rows[0].Query);
        Assert.Equal([new AnswerSpan(0, 6.9)], rows[0].Spans);
        Assert.Equal([new AnswerSpan(20.5, 33.67)], rows[1].Spans);
        Assert.Contains("line 2 is cut: its span ends at 40 s, the video at 33.67 s", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_of_a_video_become_a_row_each_with_the_line_of_the_video()
    {
        Write("v_1.mkv");
        Write("v_2.webm");
        var path = Write("train.json", "{", "\"v_1\": {\"duration\": 82.7, \"timestamps\": [[0.8, 19.9], [17.4, 60.8]], \"sentences\": [\"A man\", \"He jumps\"]},",
            "\"v_2\": {\"duration\": 30, \"spans\": [[3, 2]], \"queries\": [\"Nothing\"]},", "\"v_3\": {\"duration\": 30}}");

        var rows = Read($"activitynet:{path}");

        Assert.Equal(["v_1_0", "v_1_1"], rows.Select(r => r.Id));
        Assert.EndsWith("v_1.mkv", rows[0].VideoPath, StringComparison.Ordinal);
        Assert.Equal(new AnswerSpan(17.4, 60.8), Assert.Single(rows[1].Spans));
        Assert.Contains("line 3 is left out: its span 3 to 2 ends before it starts", _said[0], StringComparison.Ordinal);
        Assert.Contains("line 4 is left out: v_3: a field is missing", _said[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Highlights_have_several_windows_and_the_mean_of_the_annotators()
    {
        Write("vid_0.0_150.0.mp4");
        var path = Write("highlight_train_release.jsonl",
            """{"qid": 10, "query": "a cat", "duration": 150, "vid": "vid_0.0_150.0", "relevant_clip_ids": [0, 1, 40], "saliency_scores": [[4, 3, 2], [1, 1, 1], [0, 0, 1]], "relevant_windows": [[0, 4], [80, 82]]}""");

        var row = Assert.Single(Read(path));

        Assert.Equal("10", row.Id);
        Assert.Equal([new AnswerSpan(0, 4), new AnswerSpan(80, 82)], row.Spans);
        Assert.Equal(3, row.Saliency![0]);
        Assert.Equal(1 / 3.0, row.Saliency[40], 12);
    }

    [Fact]
    public void The_release_s_prompt_gives_the_sentence_and_its_answer_the_span()
    {
        Write("shards/a.mp4");
        var path = Write("grpo.jsonl",
            """{"problem": "<video>To accurately pinpoint the event \"a man says \"hi\" twice\" in the video, determine the precise time period.", "answer": "<answer> 98.0 to 103.0 </answer>", "videos": ["shards/a.mp4"], "duration": 173.173, "gt_len": 5.0}""",
            """{"problem": "Where?", "answer": "<answer> 1.0 to 2.0 </answer>", "videos": ["shards/a.mp4"]}""",
            """{"problem": "the event \"x\" in the video", "answer": "never", "videos": ["shards/a.mp4"]}""");

        var row = Assert.Single(Read(path));

        Assert.Equal("a man says \"hi\" twice", row.Query);
        Assert.Equal([new AnswerSpan(98, 103)], row.Spans);
        Assert.Equal(173.173, row.Duration);
        Assert.Equal(2, _problems.Counts[DatasetFault.Form]);
    }

    [Fact]
    public void Reviews_become_positives_spans_and_hard_negatives()
    {
        Write("match-7/one.mp4");
        Write("match-7/two.mp4");
        Write("three.mp4");
        static string Row(string clip, string review) => $$$"""
            {"clipId": "{{{clip}}}", "stream": {"id": "match-7"}, "query": {"id": "goal", "text": "a goal"}, "time": {"sessionStartMs": 720000, "sessionEndMs": 735200, "moment": {"startMs": 721500, "endMs": 734710}}, "review": {{{review}}}}
            """;
        var path = Write("reviews.jsonl",
            Row("one", """{"decision": "accepted"}"""), Row("two", """{"decision": "trimmed", "startMs": 722000, "endMs": 730000}"""), Row("three", """{"decision": "rejected"}"""), Row("three", """{"decision": "liked"}"""));

        var rows = Read(path);

        Assert.Equal([new AnswerSpan(1.5, 14.71)], rows[0].Spans);
        Assert.Equal([new AnswerSpan(2, 10)], rows[1].Spans);
        Assert.Empty(rows[2].Spans);
        Assert.All(rows, r => Assert.Equal("goal", r.Kind));
        Assert.Equal(15.2, rows[0].Duration);
        Assert.Contains("its review is 'liked'", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[9,4]}""", "ends before it starts")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[-1,4]}""", "before the video")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[40,45]}""", "after the video's end")]
    [InlineData("""{"video":"c.mp4","duration":30,"query":"a goal","span":[4,9]}""", "there is no c.mp4 beside the annotations")]
    [InlineData("""{"video":"","duration":30,"query":"a goal","span":[4,9]}""", "names no video")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":" ","span":[4,9]}""", "query is empty")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[4]}""", "not [start, end]")]
    [InlineData("""{"video":"a.mp4","duration":"long","query":"a goal","span":[4,9]}""", "wrong type")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a card","span":[1,2]}""", "the same row is on line 1 already")]
    public void A_bad_row_is_left_out_reported_with_its_line_and_counted(string row, string reason)
    {
        Write("a.mp4");
        var path = Write("annotations.jsonl", """{"video":"a.mp4","duration":30,"query":"a card","span":[1,2]}""", row);

        var kept = Read(path);

        Assert.Equal("a card", Assert.Single(kept).Query);
        var said = Assert.Single(_said);
        Assert.Contains("annotations.jsonl, line 2 is left out", said, StringComparison.Ordinal);
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(_problems.Counts).Value);
    }

    [Fact]
    public void The_first_of_two_rows_with_one_id_is_used()
    {
        Write("a.mp4");
        var path = Write("q.jsonl", """{"qid": 1, "vid": "a", "query": "x", "duration": 9, "relevant_windows": [[0, 2]]}""", """{"qid": 1, "vid": "a", "query": "y", "duration": 9, "relevant_windows": [[0, 2]]}""");

        Assert.Equal("x", Assert.Single(Read(path)).Query);
        Assert.Contains("1 is on line 1 already", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_problems_of_a_kind_are_all_in_the_log_and_counted_while_the_first_are_shown()
    {
        var log = Path.Combine(_folder, "bad-rows.log");
        var problems = new DatasetProblems(_said.Add, log);
        for (var line = 1; line <= 40; line++) problems.Add("a.txt", line, DatasetFault.Span, "it is wrong");
        problems.Summarise();

        Assert.Equal(40, File.ReadLines(log).Count());
        Assert.Equal(6, _said.Count);
        Assert.StartsWith("bad rows: 40 span; all of them in ", _said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_wants_no_bad_rows_is_refused_with_the_first()
    {
        Write("a.mp4");
        Write("b.mp4");
        var path = Write("annotations.jsonl", """{"video":"a.mp4","duration":30,"query":"a card","span":[1,2]}""", """{"video":"b.mp4","duration":30,"query":"a card","span":[2,1]}""", """{"video":"b.mp4","duration":30,"query":"a card","span":[2,3]}""");

        var refused = Assert.Throws<TrainerException>(() => ClipSource.Open(new DataOptions(path) { BadRows = BadRows.Stop }, GroundingProfile.Default, _said.Add));

        Assert.Contains("line 2 is left out", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--bad-rows skip", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing.jsonl", "does not exist")]
    [InlineData("charades:nothing.txt", "nothing.txt does not exist")]
    public void A_file_that_is_not_there_is_named(string data, string reason) => Assert.Contains(reason, Assert.Throws<TrainerException>(() => DatasetFile.Parse(data)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_of_unknown_form_is_refused_with_the_known_kinds() =>
        Assert.Contains("qvhighlights", Assert.Throws<TrainerException>(() => DatasetFile.Parse(Write("x.jsonl", """{"foo": 1}"""))).Message, StringComparison.Ordinal);
}
