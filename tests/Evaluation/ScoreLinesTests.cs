using System.Text.Json;
using Lhts.Models.Gpt;

namespace Lhts.Evaluation.Tests;

/// <summary>The lines of score.</summary>
public sealed class ScoreLinesTests
{
    private static readonly ScoreLines Lines = new(
        new Gpt2Config { VocabularySize = 27, NumPositions = 5 }, text => [.. text.Select(letter => letter - 'a'), 26]);

    [Test]
    public void Parse_TextsAndIds_EncodesTextsOnly() =>
        Assert.That(
            Lines.Parse("in.jsonl", ["""{"text": "ab"}""", "", """{"ids": [3, 1]}""", """{"text": ""}"""]),
            Is.EqualTo(new int[][] { [0, 1, 26], [3, 1], [26] }));

    [Test]
    public void Parse_ManyFaults_ListsAllWithTheirLines()
    {
        string[] lines =
        [
            """{"text": "ab"}""", "x", """{"text": "a", "ids": [1]}""", "{}", "null", """{"ids": [27]}""", """{"ids": [-1]}""", 
            """{"text": "abcde"}""", """{"ids": []}""", """{"ids": [1], "id": 2}""", """{"ids": [1.5]}""", """{"ids": [1], "ids": [2]}""", "[1]",
        ];

        var exception = Assert.Throws<InvalidDataException>(() => Lines.Parse("in.jsonl", lines));

        Assert.That(exception!.Message, Does.StartWith("'in.jsonl':\n  - line 2: not an object with \"text\" or \"ids\""));
        string[] faults =
        [
            "line 3: needs either", "line 4: needs either", "line 5: needs either", "line 6: token 27; this model's are 0 to 26", "line 7: token -1",
            "line 8: 6 tokens; this model scores 1 to 5", "line 9: 0 tokens", "line 10: not an object", "line 11: not an object", "line 12: not an object",
            "line 13: not an object",
        ];
        foreach (var fault in faults) Assert.That(exception.Message, Does.Contain(fault));
    }

    [Test]
    public void Parse_FaultsWithoutEnd_AreCounted()
    {
        var exception = Assert.Throws<InvalidDataException>(() => Lines.Parse("x", Enumerable.Repeat("x", 1000)));

        Assert.That(exception!.Message, Does.EndWith("and 980 more"));
    }

    [Test]
    public void Format_OfAScore_HasLogProbsSumAndPerplexity()
    {
        using var json = JsonDocument.Parse(ScoreLines.Format(new ScoredSequence([-1, -2])));

        Assert.That(json.RootElement.GetProperty("logProbs").EnumerateArray().Select(value => value.GetDouble()), Is.EqualTo(new[] { -1.0, -2 }));
        Assert.That(json.RootElement.GetProperty("sum").GetDouble(), Is.EqualTo(-3));
        Assert.That(json.RootElement.GetProperty("perplexity").GetDouble(), Is.EqualTo(Math.Exp(1.5)));
    }

    [Test]
    public void Format_OfASingleToken_HasNoPerplexity() =>
        Assert.That(ScoreLines.Format(new ScoredSequence([])), Is.EqualTo("""{"logProbs":[],"sum":0,"perplexity":null}"""));
}
