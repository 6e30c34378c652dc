using Lhts.Launching.Processes;

namespace Lhts.Launching.Tests;

public sealed class LastErrorsTests
{
    private static IReadOnlyList<string> Take(params IEnumerable<string> lines)
    {
        var errors = new LastErrors();
        foreach (var line in lines) errors.Add(line);
        return errors.Take();
    }

    [Test]
    public void Message_BeforeAStackTrace_IsFound()
    {
        var trace = Enumerable.Range(0, 30).Select(frame => $"   at Frame{frame}()");
        string[] before = ["warning", "lhts: an earlier message", "lhts: System.InvalidOperationException: loss is not finite"];
        Assert.That(Take(before.Concat(trace)), Is.EqualTo(trace.Take(7).Prepend("System.InvalidOperationException: loss is not finite")));
    }

    [Test]
    public void Crash_OfTheRuntime_IsFound() =>
        Assert.That(Take("a", "Unhandled exception. System.Exception: b", "   at C()"),
            Is.EqualTo(new[] { "Unhandled exception. System.Exception: b", "   at C()" }));

    [Test]
    public void Lines_WithoutMessage_AreTheLast() =>
        Assert.That(Take(Enumerable.Range(0, 100).Select(line => $"{line}")), Is.EqualTo(Enumerable.Range(92, 8).Select(line => $"{line}")));

    [Test]
    public void Nothing_Written_IsNothing() => Assert.That(Take(), Is.Empty);

    [Test]
    public void Lines_TooLong_AreCut() => Assert.That(Take(new string('a', 5000)).Single(), Has.Length.EqualTo(LastErrors.MaxChars));
}
