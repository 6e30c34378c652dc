using System.Globalization;
using Lhts.Testing;

namespace Lhts.Evaluation.Tests.Temperatures;

/// <summary>The worked example of docs/temperature.md: what is likely first is not where the likeliest text begins.</summary>
public sealed class ThreeActionsTests
{
    private static readonly (string Name, double P, int NumRests)[] Actions = [("A", 0.40, 4), ("B", 0.35, 2), ("C", 0.25, 1)];

    [Test]
    public void Table_OfThePage_IsWhatTheDefinitionsGive()
    {
        var (myopic, joint, coldMyopic, coldJoint) = (Myopic(0.5), Joint(0.5), Myopic(0.001), Joint(0.001));
        var page = File.ReadAllText(Repository.PathOf("docs", "temperature.md"));

        for (var i = 0; i < Actions.Length; i++)
        {
            var (name, p, numRests) = Actions[i];
            var row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {p:0.000} | {p / numRests:0.0000} | {myopic[i]:0.000} | {joint[i]:0.000} | {coldMyopic[i]:0} | {coldJoint[i]:0} |");
            Assert.That(page, Does.Contain(row));
        }
    }

    // Tempering each token is not tempering the text, except at T = 1.
    [Test]
    public void Myopic_Scaling_IsNotJointScaling()
    {
        Assert.That(Myopic(1), Is.EqualTo(Joint(1)).Within(1e-12));
        foreach (var temperature in new[] { 0.2, 0.5, 0.9, 1.1, 3 })
        {
            var distance = Myopic(temperature).Zip(Joint(temperature), (a, b) => Math.Abs(a - b)).Sum() / 2;
            Assert.That(distance, Is.GreaterThan(0.02), $"T {temperature}");
        }
    }

    [Test]
    public void ColderAndColder_MyopicGoesToAAndJointToC() =>
        Assert.That((Myopic(0.01)[0], Joint(0.01)[2]), Is.EqualTo((1.0, 1.0)).Within(1e-5));

    /// <summary>Each token's probabilities to the power 1/T; the second tokens are even at every T.</summary>
    private static double[] Myopic(double temperature) => Normalised(Actions.Select(action => Math.Pow(action.P / 0.4, 1 / temperature)));

    /// <summary>Each text's probability to the power 1/T, summed over the texts behind a first token.</summary>
    private static double[] Joint(double temperature) =>
        Normalised(Actions.Select(action => action.NumRests * Math.Pow(action.P / action.NumRests / 0.25, 1 / temperature)));

    private static double[] Normalised(IEnumerable<double> weights)
    {
        double[] all = [.. weights];
        return [.. all.Select(weight => weight / all.Sum())];
    }
}
