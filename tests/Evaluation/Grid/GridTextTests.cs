using Lhts.Evaluation.Grid;

namespace Lhts.Evaluation.Tests.Grid;

public sealed class GridTextTests
{
    [Test]
    public void ToText_OfAGrid_IsThis()
    {
        const string Expected =
            """
            Mean log-likelihood of a token under the teacher, in nats, of 128 texts in each cell

            T \ myopic T     0.5     1.0
            ------------  ------  ------
            1.0           -0.700  -1.500
            0.7           -0.650  -1.300
            0.1           -0.600  -1.350
            teacher       -0.750  -1.400

            Diversity: distinct-2 of the words

            T \ myopic T    0.5    1.0
            ------------  -----  -----
            1.0           0.400  0.900
            0.7           0.500  0.840
            0.1           0.450  0.860
            teacher       0.420  0.880

            The teacher's own myopic curve, with 95 % intervals

            myopic T  log p/token     95 % interval  distinct-2   95 % interval
            --------  -----------  ----------------  ----------  --------------
            0.5            -0.750  -0.770 to -0.730       0.420  0.410 to 0.430
            1.0            -1.400  -1.420 to -1.380       0.880  0.870 to 0.890

            Lead: distinct-2 less that of the teacher's myopic curve at the same likelihood (! 95 % interval without zero, - not compared: less likely than the curve)

            T \ myopic T      0.5     1.0
            ------------  -------  ------
            1.0            -0.020       -
            0.7           +0.080!  +0.031
            0.1           -0.040!  +0.015

            Likelihood at myopic T 1.0 as the long-horizon T falls

            T           change     95 % interval
            ----------  ------  ----------------  ---------
            1.0 to 0.7  +0.200  +0.150 to +0.250      rises
            0.7 to 0.1  -0.050   -0.100 to 0.000  undecided
            1.0 to 0.1  +0.150  +0.100 to +0.200      rises

            It rises as a whole, and rises in 1 of 2 steps, 1 of them with certainty; 0 fall with certainty.

            Of 6 points 1 lie above the teacher's myopic curve (95 % interval above 0) and 1 below it; 1 are not compared. By luck alone about 0.1 would be on either side.

            T    myopic T  log p/token  distinct-2  curve's    lead     95 % interval
            ---  --------  -----------  ----------  -------  ------  ----------------
            0.7       0.5       -0.650       0.500    0.420  +0.080  +0.050 to +0.110

            """;

        Assert.That(Grid().ToText().ReplaceLineEndings("\n"), Is.EqualTo(Expected.ReplaceLineEndings("\n")));
    }

    private static TemperatureGrid Grid() => new(
        new GridOptions { LongHorizonTemperatures = [0.1, 0.7, 1], MyopicTemperatures = [0.5, 1] },
        [Point(null, 0.5, -0.75, 0.42), Point(null, 1, -1.4, 0.88)],
        [
            Point(1, 0.5, -0.7, 0.4, 0.42, 0.03), Point(1, 1, -1.5, 0.9),
            Point(0.7, 0.5, -0.65, 0.5, 0.42, 0.03), Point(0.7, 1, -1.3, 0.84, 0.809, 0.04),
            Point(0.1, 0.5, -0.6, 0.45, 0.49, 0.03), Point(0.1, 1, -1.35, 0.86, 0.845, 0.03),
        ],
        [new GridStep(1, 0.7, About(0.2, 0.05)), new GridStep(0.7, 0.1, About(-0.05, 0.05))],
        new GridStep(1, 0.1, About(0.15, 0.05)));

    private static GridPoint Point(
        double? longHorizon, double myopic, double logLikelihood, double diversity, double curve = double.NaN, double width = double.NaN) =>
        new(new GridKey(longHorizon, myopic), About(logLikelihood, 0.02), About(diversity, 0.01), curve, About(diversity - curve, width));

    private static Estimate About(double value, double width) => new(value, value - width, value + width);
}
