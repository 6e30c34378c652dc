using Lhts.Evaluation.Tasks;

namespace Lhts.Evaluation.Tests.Tasks;

public sealed class TaskTableTests
{
    // 0.25, 0.75, 0.5, 1: mean 0.625, variance of the mean 0.104167 / 4.
    private static readonly TaskRow Student =
        new("p", new TaskMethod(TaskMethodKind.Student, 0.5), 8, [new(1, 4, 1), new(3, 4, 2), new(2, 4, 1), new(4, 4, 3)]);

    private static readonly TaskRow Greedy = new("p", new TaskMethod(TaskMethodKind.Greedy, 0), 8, [new(0, 1, 0), new(1, 1, 1), new(0, 1, 0), new(1, 1, 1)]);

    [Test]
    public void Accuracy_OfARow_IsByQuestionWithItsError()
    {
        Assert.That(Student.Accuracy.Value, Is.EqualTo(0.625));
        Assert.That(Student.StandardError, Is.EqualTo(Math.Sqrt(0.3125 / 3 / 4)).Within(1e-12));
        Assert.That(Student.DistinctRight, Is.EqualTo(7 / 4.0));
        Assert.That(Student.DistinctRightError, Is.EqualTo(Math.Sqrt(2.75 / 3 / 4)).Within(1e-12));
        // Wilson's interval of 2 of 4.
        Assert.That(Greedy.Accuracy.Low, Is.EqualTo(0.1500).Within(1e-4));
        Assert.That(Greedy.Accuracy.High, Is.EqualTo(0.8500).Within(1e-4));
    }

    [Test]
    public void Text_OfATable_HasMethodsCostsAndComparisons()
    {
        var table = new TaskTable("held-out", "last-number", [Greedy, Student]);
        Assert.That(table.ToText(), Does.Contain("greedy").And.Contain("student T 0.5").And.Contain("0.625 ± 0.161").And.Contain("1.75 ± 0.48"));
        Assert.That(table.ComparisonsToText(), Does.Contain("student T 0.5 - greedy").And.Contain("+0.125"));
        Assert.That(TaskTable.FromJson(table.ToJson()).ToText(), Is.EqualTo(table.ToText()));
    }

    [Test]
    public void Text_OfSeveralKindsOfQuestion_NamesThem()
    {
        var table = new TaskTable("t", "choice", [Greedy with { Group = "distinct" }, Student with { Group = "duplicate" }]);
        Assert.That(table.ToText().Split('\n')[0], Does.Match("^ *kind +method").And.EndWith("unread"));
        Assert.That(table.ToText().Split('\n')[3], Does.StartWith("duplicate").And.EndWith("0.000"));
        Assert.That(table.Comparisons(), Is.Empty, "other questions");
        Assert.That(TaskTable.FromJson(table.ToJson()).ToText(), Is.EqualTo(table.ToText()));
    }

    [Test]
    public void Comparisons_OfSeveralModels_AreWithinEachAndOfTheFirstByTheSameMethod()
    {
        var myopic = Greedy with { Method = new TaskMethod(TaskMethodKind.Myopic, 0.5) };
        var other = new[] { Greedy with { Model = "q" }, myopic with { Model = "q" }, Student with { Model = "q" } };
        var compared = new TaskTable("t", "exact", [Greedy, myopic, .. other]).Comparisons()
            .Select(pair => $"{pair.First.Model} {pair.First.Method.Name} - {pair.Second.Model} {pair.Second.Method.Name}");
        Assert.That(compared, Is.EqualTo(new[]
        {
            "p greedy - p myopic tau 0.5", "q student T 0.5 - q greedy", "q student T 0.5 - q myopic tau 0.5", "p greedy - q greedy",
            "p myopic tau 0.5 - q myopic tau 0.5",
        }));
    }

    [Test]
    public void Unread_Answers_AreAShare() =>
        Assert.That((Greedy with { Scores = [new(1, 4, 1) { NumUnread = 3 }, new(0, 4, 0)] }).Unread, Is.EqualTo(3 / 8.0));

    [Test]
    public void Faults_OfOptions_AreAllNamed() => Assert.That(
        new TaskOptions { Draws = 0, MyopicTemperatures = [-1], StudentTemperatures = [0], Particles = 1, BestOf = 1 }.Faults(),
        Has.Exactly(5).Items);

    [Test]
    public void Methods_StandInTheOrderOfTheTable() => Assert.That(
        new TaskOptions { MyopicTemperatures = [0.5], StudentTemperatures = [0.3], SmcTemperatures = [0.3], BestOf = 32 }.Methods()
            .Select(method => method.Name),
        Is.EqualTo(new[] { "greedy", "myopic tau 0.5", "student T 0.3", "power SMC T 0.3", "best of 32 by log p", "majority of 32" }));
}
