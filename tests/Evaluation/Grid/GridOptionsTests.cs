using Lhts.Evaluation.Grid;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class GridOptionsTests
{
    [Test]
    public void Keys_OfTheDefaults_AreTheTeachersThenTheStudentsHundred()
    {
        var keys = new GridOptions().Keys().ToArray();
        Assert.That(keys, Has.Length.EqualTo(110));
        Assert.That(keys[0], Is.EqualTo(new GridKey(null, 0.1)));
        Assert.That(keys[10], Is.EqualTo(new GridKey(1, 0.1)));
        Assert.That(keys[^1], Is.EqualTo(new GridKey(0.1, 1)));
    }

    [Test]
    public void Names_AndSeeds_AreThoseOfTheCellAlone()
    {
        Assert.That(new GridKey(0.1, 1).Name, Is.EqualTo("student-0.1-1"));
        Assert.That(new GridKey(null, 0.25).Name, Is.EqualTo("teacher-0.25"));
        var seeds = new GridOptions().Keys().SelectMany(key => new[] { key.SeedFrom(1), key.SeedFrom(2) }).ToArray();
        Assert.That(seeds, Is.Unique);
        Assert.That(new GridKey(0.1, 1).SeedFrom(1), Is.EqualTo(new GridKey(0.1, 1).SeedFrom(1)));
    }

    [Test]
    public void Faults_OfBadOptions_AreAllNamed()
    {
        var options = new GridOptions
        {
            LongHorizonTemperatures = [0, 0.5, 0.5], MyopicTemperatures = [], NumSamples = 1, MaxNewTokens = 0, BatchSize = 0, NumResamples = 99,
        };
        Assert.That(options.Faults(), Is.EqualTo(new[]
        {
            "a long-horizon temperature is given twice; give each once",
            "there is no myopic temperature; give one at least",
            "long-horizon temperature is 0; it must be above 0",
            "the number of samples is 1; an interval takes 2 or more",
            "the number of new tokens is 0; it must be 1 or more",
            "batch size is 0; it must be 1 or more",
            "the number of resamples is 99; 95 % intervals take 100 or more",
        }));
        Assert.That(new GridOptions { MyopicTemperatures = [-1] }.Faults(), Is.EqualTo(new[] { "myopic temperature is -1; it must be 0 or more" }));
        Assert.That(new GridOptions().Faults(), Is.Empty);
    }
}
