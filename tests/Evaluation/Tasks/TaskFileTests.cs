using Lhts.Evaluation.Tasks;

namespace Lhts.Evaluation.Tests.Tasks;

public sealed class TaskFileTests
{
    [Test]
    public void Lines_OfQuestions_AreRead()
    {
        var items = TaskFile.Parse(
            "t.jsonl", ["""{"prompt": "1 +", "answer": "2"}""", "", """{"id": 3, "prompt": "a", "answer": "b", "choices": ["c", "b"], "group": "g"}"""]);
        Assert.That(items.Select(item => (item.Prompt, item.Answer, string.Join(' ', item.Choices), item.Group)),
            Is.EqualTo(new[] { ("1 +", "2", "", null), ("a", "b", "c b", "g") }));
    }

    [TestCase("{", "line 2 is not an object")]
    [TestCase("""{"prompt": "1"}""", "line 2 is not an object")]
    [TestCase("""{"prompt": "1", "answer": null}""", "line 2 is not an object")]
    [TestCase("""{"prompt": "", "answer": "2"}""", "line 2 has an empty prompt or answer")]
    [TestCase("""{"prompt": "1", "answer": "2", "choices": ["3"]}""", "line 2 has the answer '2', which is not among its choices")]
    public void BadLine_IsNamed(string line, string expected) => Assert.That(
        () => TaskFile.Parse("t.jsonl", ["""{"prompt": "1", "answer": "2"}""", line]),
        Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'t.jsonl' {expected}"));

    [Test]
    public void EmptyFile_IsNamed() =>
        Assert.That(() => TaskFile.Parse("t.jsonl", [" "]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("has no questions"));
}
