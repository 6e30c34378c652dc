using Lhts.Data.Batching;
using Lhts.Data.Inspecting;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Inspecting;

public sealed class TokenCensusTests : DataFixture
{
    private static readonly BatchOptions Options = new() { SequencesPerStep = 1, ContextLength = 5 };

    [Test]
    public void Take_SmallData_CountsEveryToken()
    {
        WriteParquet("a.parquet", ["123", null, ""], ["1234567"]);
        using var data = Open();
        // [end] 1 2 3 [end] predicts 4; [end] 1 ... 7 [end] predicts 8, of which a context of 5 has 4.
        Assert.That(TokenCensus.Take(data, CharacterTokenizer.FromTexts, Options), Is.EqualTo(new TokenCensus
        {
            NumDocuments = 2, NumTokens = 12, NumPieces = 3, ShareBeyondContext = 4 / 12d, IsExact = true,
        }));
    }

    [Test]
    public void Take_ManyDocuments_CountsSomeAndMultiplies()
    {
        WriteParquet("a.parquet", [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Repeat("12345678", 1000).ToArray())]);
        using var data = Open();
        var census = TokenCensus.Take(data, CharacterTokenizer.FromTexts, Options)!;
        Assert.That((census.NumDocuments, census.NumTokens, census.IsExact), Is.EqualTo((20_000L, 180_000L, false)));
        Assert.That(census.ShareBeyondContext, Is.EqualTo(5 / 9d).Within(1e-9));
    }

    [Test]
    public void Take_ALongDocument_GoesByItsBeginning()
    {
        WriteParquet("a.parquet", [new string('1', 3_000_000)]);
        using var data = Open();
        var census = TokenCensus.Take(data, CharacterTokenizer.FromTexts, Options)!;
        Assert.That((census.NumTokens, census.NumPieces, census.IsExact), Is.EqualTo((3_000_001L, 750_001L, false)));
    }

    [Test]
    public void Take_CharactersThatTheTokenizerLacks_SaysNothing()
    {
        WriteParquet("a.parquet", ["abc"]);
        using var data = Open();
        Assert.That(TokenCensus.Take(data, _ => new CharacterTokenizer("1"), Options), Is.Null);
    }
}
