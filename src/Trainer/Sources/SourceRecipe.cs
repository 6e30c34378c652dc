using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Sources;

/// <summary>
/// Where the student's sequences come from; it decides the optimum, as docs/objectives.md says. A kind of source is a record that derives from this one, whose
/// properties are its keys, and a line in <see cref="SourceKinds"/>.
/// </summary>
public abstract record SourceRecipe
{
    /// <summary>Whether all of its sequences are the teacher's samples.</summary>
    internal virtual bool IsTeacherOnly => false;

    /// <summary>Whether all of its sequences are samples of the student as it is in the step that they are for.</summary>
    internal virtual bool IsOwnOnly => false;

    /// <summary>Likewise, but for texts of p_T itself, of which the objective is told.</summary>
    internal virtual bool IsOwnOrTargetOnly => IsOwnOnly;

    /// <summary>Whether some of its sequences are samples of the student.</summary>
    internal virtual bool DrawsFromStudent => IsOwnOnly;

    /// <summary>Whether all of its sequences are documents, so that kept scores of them serve.</summary>
    internal virtual bool IsCorpusOnly => false;

    /// <summary>Makes the source.</summary>
    public abstract ISequenceSource Build(SourceContext context);

    /// <summary>Adds what is wrong with the values.</summary>
    /// <param name="validator">At <c>student.source</c>.</param>
    /// <param name="student">The student's settings.</param>
    public virtual void Check(Validator validator, StudentRecipe student)
    {
    }
}
