using Lhts.Telemetry.Prometheus;

namespace Lhts.Telemetry.Tests.Prometheus;

public class PrometheusNamesTests
{
    [TestCase("lhts.step.duration", "s", true, "lhts_step_duration_seconds")]
    [TestCase("memory", "By", true, "memory_bytes")]
    [TestCase("memory.bytes", "By", true, "memory_bytes")]
    [TestCase("clipped", "1", true, "clipped_ratio")]
    [TestCase("clipped", "1", false, "clipped")]
    [TestCase("rate", "{token}/s", true, "rate_per_second")]
    [TestCase("speed", "m/s", true, "speed_meters_per_second")]
    [TestCase("speed", "By/min", true, "speed_bytes_per_minute")]
    [TestCase("per.day", "1/d", true, "per_day")]
    [TestCase("steps", "{step}", false, "steps")]
    [TestCase("steps_total", "{step}", false, "steps")]
    [TestCase("time.total", "s", false, "time_seconds")]
    [TestCase("odd", "a^2·b", true, "odd_a_2_b")]
    [TestCase("plain", null, true, "plain")]
    public void Family_NameAndUnit_FollowTheRules(string name, string? unit, bool isGauge, string expected) =>
        Assert.That(PrometheusNames.Family(name, PrometheusUnits.Word(unit, isGauge), isCounter: !isGauge), Is.EqualTo(expected));

    [TestCase("a.b-c/d", "a_b_c_d")]
    [TestCase("a..__b", "a_b")]
    [TestCase("1a", "_1a")]
    [TestCase("é", "_")]
    [TestCase("ns:a", "ns:a")]
    public void Family_CharactersThatAreNotAllowed_BecomeOneUnderscore(string name, string expected) =>
        Assert.That(PrometheusNames.Family(name, null, isCounter: false), Is.EqualTo(expected));

    [TestCase("__name__", "_name_")]
    [TestCase("a:b", "a_b")]
    [TestCase("0", "_0")]
    public void Label_Key_IsAllowedAndNotReserved(string key, string expected) => Assert.That(PrometheusNames.Label(key), Is.EqualTo(expected));

    [Test]
    public void LabelText_KeysThatBecomeOne_AreJoinedInTheirOrder()
    {
        var labels = new Dictionary<string, string> { ["a_b"] = "3", ["a.b"] = "2", ["a-b"] = "1", ["z"] = "", ["c"] = "q\"\\\n" };
        Assert.That(LabelText.Of(labels), Is.EqualTo("""a_b="1;2;3",c="q\"\\\n" """.TrimEnd()));
    }
}
