namespace Lhts.Objectives;

/// <summary>The figures that every objective has, as far as it adds to them.</summary>
public static class LossFigures
{
    private static readonly FigurePlot LossPlot = new(
        "Loss", "What the step minimises; its level depends on the objective and its weights, its trend is what counts.");
    private static readonly FigurePlot PartsPlot = new(
        "Parts of the loss", "Weighted negative log-likelihood, and the KL divergence between student and teacher before its factor.");

    private static readonly FigureColumn LossColumn = new("loss");
    private static readonly FigureColumn SurprisalColumn = new("surprisal");

    /// <summary>The loss that is minimised, over what the objective counts.</summary>
    public static Figure Loss { get; } = new("lhts.loss", "{nat}", "Loss of the last step, per token.", Statistic.PerCount(LossColumn))
    {
        Key = "loss", MustBeFinite = true, Plot = LossPlot, Legend = "loss",
    };

    /// <summary>Its likelihood part, before the normaliser: for LHTS the mean over sequences of the mean over positions of w * (-log q).</summary>
    public static Figure Likelihood { get; } = Part("nll", "likelihood", "negativeLogLikelihood") with { Plot = PartsPlot, Legend = "weighted NLL" };

    /// <summary>The divergence from the teacher, before beta and the normaliser.</summary>
    public static Figure Kl { get; } = Part("kl", "kl", "klDivergence") with { Short = "kl", Plot = PartsPlot, Legend = "KL" };

    /// <summary>The loss of the objective's own parameters.</summary>
    public static Figure Auxiliary { get; } = Part("baseline", "auxiliary", "baselineLoss") with { MustBeFinite = true };

    /// <summary>Sequences that were trained on, by source.</summary>
    public static Figure SourceSequences { get; } = new(
        "lhts.source.sequences", "{sequence}", "Sequences that the student was trained on.", Statistic.Sum(FigureColumn.Sequences))
    {
        Key = "sequences", By = FigureBy.Source, IsCounter = true,
    };

    /// <summary>The loss, by source.</summary>
    public static Figure SourceLoss { get; } = new("lhts.source.loss", "{nat}", "Loss of the sequences of a source.", Statistic.PerCount(LossColumn))
    {
        Key = "loss", By = FigureBy.Source,
    };

    /// <summary>The mean over valid positions of -log q, by source. What is added is the sum over each sequence's.</summary>
    public static Figure Surprisal { get; } = new(
        "lhts.source.negative_log_likelihood", "{nat}", "Student's unweighted -log q of the tokens of a source.", Statistic.PerToken(SurprisalColumn))
    {
        Key = "negativeLogLikelihood", By = FigureBy.Source,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Figure> All { get; } = [Loss, Likelihood, Kl, Auxiliary, SourceSequences, SourceLoss, Surprisal];

    private static Figure Part(string label, string column, string key) => new(
        "lhts.loss.part", "{nat}", "Parts of the loss before their factors, per token.", Statistic.PerCount(new(column)))
    {
        Key = key, Label = ("part", label),
    };
}
