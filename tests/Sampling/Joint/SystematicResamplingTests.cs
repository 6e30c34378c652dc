namespace Lhts.Sampling.Joint.Tests;

public sealed class SystematicResamplingTests
{
    [FsCheck.NUnit.Property]
    public bool Draw_OfAnyWeights_TakesEachItsShareRoundedUpOrDown(byte[] weights, ushort uniform)
    {
        if (weights.Length == 0 || weights.All(weight => weight == 0)) return true;
        double[] shares = [.. weights.Select(weight => (double)weight)];
        const int Count = 100;

        var counts = SystematicResampling.Draw(shares, Count, uniform / 65536.0).CountBy(index => index).ToDictionary();

        return Enumerable.Range(0, shares.Length).All(
            i => Math.Abs(counts.GetValueOrDefault(i) - (Count * shares[i] / shares.Sum())) < 1 + 1e-9 && (shares[i] > 0 || !counts.ContainsKey(i)));
    }

    [FsCheck.NUnit.Property]
    public bool Ancestors_OfAnyWeights_AreTheSameInOtherPlacesWhereSurvivorsStay(byte[] weights, ushort uniform)
    {
        if (weights.Length == 0 || weights.All(weight => weight == 0)) return true;
        double[] shares = [.. weights.Select(weight => (double)weight)];

        var ancestors = SystematicResampling.Ancestors(shares, uniform / 65536.0);

        return ancestors.All(index => ancestors[index] == index)
            && ancestors.Order().SequenceEqual(SystematicResampling.Draw(shares, shares.Length, uniform / 65536.0));
    }
}
