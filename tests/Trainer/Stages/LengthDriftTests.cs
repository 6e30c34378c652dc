using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Tests.Stages;

public sealed class LengthDriftTests
{
    private static int[] Lengths(int mean) => [.. Enumerable.Range(0, 64).Select(i => mean + (i % 5) - 2)];

    [TestCase(13, true)]
    [TestCase(300, true)]
    [TestCase(130, false)]
    [TestCase(140, false)]
    public void Note_OfTexts_NamesLengthsThatAreFarFromTheTeachers(int mean, bool isExpected)
    {
        var note = LengthDrift.NoteFor(0.7, Lengths(140), Lengths(mean));
        if (isExpected) Assert.That(note, Does.Contain($"T 0.7 have {mean} tokens on average, the teacher's 140").And.Contain("student.lengths: fixed"));
        else Assert.That(note, Is.Null);
    }

    [Test]
    public void Note_OfAFewTextsOfAllLengths_IsNone() => Assert.That(LengthDrift.NoteFor(0.7, [10, 200, 400], [5, 150]), Is.Null, "within the error");
}
