namespace Lhts.Evaluation;

/// <summary>Which model a row's samples come from.</summary>
public enum SampleSource
{
    /// <summary>The frozen teacher.</summary>
    Teacher,

    /// <summary>The trained student.</summary>
    Student,
}
