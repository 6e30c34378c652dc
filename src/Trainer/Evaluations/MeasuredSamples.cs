using Lhts.Evaluation;
using Lhts.Sampling;

namespace Lhts.Trainer.Evaluations;

/// <summary>Samples of one setting with what was measured of them alone; what compares settings comes later.</summary>
/// <param name="Options">The setting.</param>
/// <param name="Row">The figures.</param>
/// <param name="Texts">The samples as text.</param>
/// <param name="Tokens">Their generated tokens.</param>
/// <param name="Draws">Their log p and log q; null for greedy ones, which have none.</param>
internal sealed record MeasuredSamples(SamplingOptions Options, TradeOffRow Row, string[] Texts, int[][] Tokens, ScoredDraws? Draws);
