namespace Lhts.Evaluation.Analogies;

/// <summary>How the choices of a question relate to each other.</summary>
public enum AnalogyKind
{
    /// <summary>All four first words differ.</summary>
    Distinct,

    /// <summary>
    /// The three wrong choices share their first word. A model that cools token by token is drawn to it, since it gathers the probability of
    /// three choices; one that cools whole answers is not.
    /// </summary>
    Duplicate,
}
