using System.Text;
using Lhts.Launching.Agents;
using Lhts.Launching.Meeting;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Lhts.Launching.Tests;

public sealed class MessageTests
{
    private static readonly Message[] All =
    [
        new Join { Run = "'x' (recipe 01)", Instance = Guid.Empty, Agent = 1, NumAgents = 2, NumRanks = 3, Host = "hé", ProcessId = 4, StorePort = 5,
            Generation = 6, Restarts = 7 },
        new World(1, 2, 3, "host", 4, 5), new Beat(), new Failed(1, 137, "rank 1\nfell\u2028"), new Regroup(1, true), new Notice("n"), new Stop(4),
        new Leaving(), new Progressed(5), new Ended(3), new Abort(2, "r"),
    ];

    [TestCaseSource(nameof(All))]
    public void Message_WrittenAndRead_IsTheSame(object message)
    {
        var line = MessageCodec.Write((Message)message);
        Assert.That(line.AsSpan().IndexOf((byte)'\n'), Is.EqualTo(line.Length - 1));
        Assert.That(MessageCodec.Read(line.AsSpan(0, line.Length - 1)), Is.EqualTo(message));
    }

    [Test]
    public void Kinds_OfMessages_AreAllTested() =>
        Assert.That(All.Select(message => message.GetType()),
            Is.EquivalentTo(typeof(Message).Assembly.GetTypes().Where(type => type.BaseType == typeof(Message))));

    [Property(MaxTest = 2000)]
    public bool Message_WithBytesChanged_IsReadOrRefused(int which, byte[] noise, int at)
    {
        var line = MessageCodec.Write(All[(int)((uint)which % All.Length)]);
        var start = (int)((uint)at % line.Length);
        noise.AsSpan(0, Math.Min(noise.Length, line.Length - start)).CopyTo(line.AsSpan(start));
        return MessageCodec.Read(line) is not { } message || message == MessageCodec.Read(MessageCodec.Write(message));
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"type\":\"agent\"}")]
    [TestCase("{\"type\":\"world\",\"generation\":1}")]
    [TestCase("{\"type\":\"notice\",\"text\":null}")]
    [TestCase("{\"type\":\"failed\",\"generation\":99999999999,\"exitCode\":1,\"text\":\"\"}")]
    public void Line_ThatIsNoMessage_IsRefused(string line) => Assert.That(MessageCodec.Read(Encoding.UTF8.GetBytes(line)), Is.Null);

    [TestCase(137, "was ended by SIGKILL")]
    [TestCase(128 + 50, "was ended by signal 50")]
    [TestCase(7, "ended with exit code 7")]
    [TestCase(WorkerExit.NotStarted, "could not be started")]
    public void Exit_OfAWorker_IsDescribed(int code, string expected)
    {
        Assert.That(new WorkerExit(code, []).Describe(), Is.EqualTo(expected));
        Assert.That(new WorkerExit(code, ["a", "b"]).Describe(), Is.EqualTo(expected + ": a\n  b"));
    }
}
