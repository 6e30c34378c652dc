using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using static TorchSharp.torch;

namespace Lhts.Trainer.Objectives;

/// <summary>
/// What a student is trained on; docs/objectives.md compares them. A kind of objective is a record that derives from this one, whose properties are its keys,
/// and a line in <see cref="ObjectiveKinds"/>; docs/extending.md goes through an example.
/// </summary>
public abstract record ObjectiveRecipe
{
    /// <summary>Whether there is a temperature in it at all. Default true.</summary>
    internal virtual bool HasTemperature => true;

    /// <summary>Whether the student is told a condition (a temperature or a tag) where there are several. Default true.</summary>
    internal virtual bool HasCondition => true;

    /// <summary>The tag that a student of tags is asked for to give the likeliest sequences. Default null: it is one of temperatures.</summary>
    internal virtual double? BestTag => null;

    /// <summary>The lowest tag of a student of tags. Default null.</summary>
    internal virtual double? LowestTag => null;

    /// <summary>The highest learning rate of the objective's own parameters, which start from nothing. Default 1e-3.</summary>
    internal virtual double HeadRate => 1e-3;

    /// <summary>
    /// Most nats a sequence by which a step may move the student on its own samples, before the learning rate is lowered; null for any. Default 1.
    /// </summary>
    internal virtual double? StepBound => 1;

    /// <summary>Positions behind its own that a weight looks at: what a piece of a split document reads of the next one. Default 0.</summary>
    internal virtual int LookAhead => 0;

    /// <summary>Makes the objective.</summary>
    public abstract IObjective Build(ObjectiveContext context);

    /// <summary>Adds what is wrong with the values.</summary>
    /// <param name="validator">At <c>student.objective</c>.</param>
    /// <param name="student">The student's settings.</param>
    public virtual void Check(Validator validator, StudentRecipe student)
    {
    }

    /// <summary>Adds what does not go with kept scores, which are the teacher's log-probs of the documents and nothing more.</summary>
    /// <param name="validator">At <c>student.objective</c>.</param>
    public virtual void CheckScores(Validator validator)
    {
    }
}

/// <summary>What an objective may be made of.</summary>
/// <param name="Student">The student's settings.</param>
/// <param name="ContextLength">The longest sequence.</param>
/// <param name="Teacher">The frozen model's sizes.</param>
/// <param name="Device">Where its tensors are to be.</param>
public sealed record ObjectiveContext(StudentRecipe Student, int ContextLength, Gpt2Config Teacher, Device Device);
