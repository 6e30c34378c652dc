using Lhts.Evaluation.Grid;
using Lhts.Sampling;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class GridCellTests
{
    private static readonly GridKey Key = new(0.3, 0.7);

    private static readonly SampledSequence[] Samples = [new([9, 1, 2, 3], 1, false), new([9, 8, 1], 2, true), new([9], 1, false)];

    private static readonly ScoredSequence[] Scores = [new([-1, -2, -3]), new([-100, -4]), new([])];

    private static readonly int[][] WordsOfTexts = [[1, 2, 1, 2], [2, 1, 3], [4]];

    [Test]
    public void Measure_OfTexts_CountsGeneratedTokensAndBigrams()
    {
        var cell = GridCell.Measure(Key, Samples, Scores, WordsOfTexts);
        Assert.That(cell.Texts, Is.EqualTo(new TextFigures[] { new(-6, 3, 3, 1), new(-4, 1, 2, 1), new(0, 0, 0, 0) }));
        Assert.That(cell.NumDistinct, Is.EqualTo(3), "12, 21 and 13");
        Assert.That(cell.LogLikelihood, Is.EqualTo(-2.5));
        Assert.That(cell.Diversity, Is.EqualTo(0.6));
    }

    [Test]
    public void Diversity_OfTexts_IsTheTradeOffTablesDistinct2()
    {
        var cell = GridCell.Measure(Key, Samples, Scores, WordsOfTexts);
        Assert.That(cell.Diversity, Is.EqualTo(Diversity.Of(WordsOfTexts).Distinct[1]).Within(1e-15));
    }

    [Test]
    public void Measure_OfThingsThatDoNotBelong_IsRefused()
    {
        Assert.That(() => GridCell.Measure(Key, Samples, Scores[..2], WordsOfTexts),
            Throws.ArgumentException.With.Message.Contains("3 samples, 2 scores and 3 texts"));
        Assert.That(() => GridCell.Measure(Key, Samples, [Scores[0], Scores[0], Scores[2]], WordsOfTexts),
            Throws.ArgumentException.With.Message.Contains("A sample of 3 tokens was given 3"));
    }

    [Test]
    public void Files_OfCells_AreFoundWithTheSameSettingsOnly()
    {
        var folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        try
        {
            var (files, cell) = (new GridCellFiles(Path.Combine(folder, "cells"), "one"), GridCell.Measure(Key, Samples, Scores, WordsOfTexts));
            Assert.That(files.Find(Key), Is.Null);
            files.Save(cell);
            Assert.That(files.Find(Key)!.Texts, Is.EqualTo(cell.Texts));
            Assert.That(files.Find(Key)! with { Texts = cell.Texts }, Is.EqualTo(cell));
            Assert.That(files.Find(new GridKey(null, 0.7)), Is.Null);
            Assert.That(new GridCellFiles(Path.Combine(folder, "cells"), "other").Find(Key), Is.Null);
            File.WriteAllText(Path.Combine(folder, "cells", "student-0.3-0.7.json"), "{\"fingerprint\": \"one\", ");
            Assert.That(files.Find(Key), Is.Null, "a damaged file is measured again");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
