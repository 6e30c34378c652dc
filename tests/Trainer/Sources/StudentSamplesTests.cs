using Lhts.Testing;
using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Tests.Parallel;
using Lhts.Trainer.Tests.Training;

namespace Lhts.Trainer.Tests.Sources;

/// <summary>Training on the student's own samples: the same bits however it is stopped, the same sequences on any number of ranks.</summary>
public sealed class StudentSamplesTests : TensorTest
{
    private TinyTraining tiny = null!;

    private static IEnumerable<TestCaseData> Recipes()
    {
        yield return Named("soft-policy, weights", new() { Objective = new SoftPolicyRecipe(), Temperatures = Temperatures.Between(0.5, 1) });
        yield return Named("soft-policy, low rank", new()
        {
            Objective = new SoftPolicyRecipe(), Temperatures = Temperatures.Between(0.5, 1), Conditioning = new WeightsRecipe { Rank = 2 },
        });
        yield return Named("soft-policy, one temperature", new() { Objective = new SoftPolicyRecipe(), Temperatures = Temperatures.Of(0.6) });
        yield return Named("subtb, layer norms", new()
        {
            Objective = new SubTrajectoryBalanceRecipe(), Temperatures = Temperatures.Of(0.6, 0.9), Conditioning = new LayerNormsRecipe(),
        });
        yield return Named("lhts, weights", new()
        {
            Objective = new LhtsRecipe { Baseline = Lhts.Objectives.BaselineKind.Learned, Tail = Lhts.Objectives.TailKind.Bootstrap, Beta = 0, Horizon = 2 },
            Temperatures = Temperatures.Between(0.5, 1),
            Conditioning = new WeightsRecipe(),
        });
        yield return Named("trajectory-balance", new() { Objective = new TrajectoryBalanceRecipe(), Temperatures = Temperatures.Of(0.6) });

        yield return Named("subtb, replay and documents", new()
        {
            Objective = new SubTrajectoryBalanceRecipe(), Temperatures = Temperatures.Between(0.5, 1),
            Source = new StudentSourceRecipe { Batch = 2, ReplayShare = 0.34, CorpusShare = 0.17, TeacherShare = 0.17, ReplayCapacity = 7 },
        });

        yield return Named("soft-policy, texts of p_T", new()
        {
            Objective = new SoftPolicyRecipe(), Temperatures = Temperatures.Of(0.6),
            Source = new StudentSourceRecipe { Batch = 2, JointShare = 0.34, JointRuns = 2 },
        });

        static TestCaseData Named(string name, StudentRecipe recipe) =>
            new TestCaseData(recipe.Source is StudentSourceRecipe ? recipe : recipe with { Source = new StudentSourceRecipe { Batch = 2 } })
                .SetArgDisplayNames(name);
    }

    [OneTimeSetUp]
    public void Prepare() => tiny = new TinyTraining();

    [OneTimeTearDown]
    public void Remove() => tiny.Dispose();

    [TestCaseSource(nameof(Recipes))]
    public void Training_Resumed_SeesTheSameSequencesAndEndsWithTheSameBits(StudentRecipe recipe)
    {
        using var whole = tiny.Begin(recipe);
        using var first = tiny.Begin(recipe);
        using var second = tiny.Begin(recipe);
        var folder = Path.Combine(tiny.Folder, TestContext.CurrentContext.Test.Name.Replace('/', '-'));
        first.Train(3).Save(folder);
        Assert.That(second.Resume(folder).Train(3).Weights(), Is.EqualTo(whole.Train(6).Weights()));
        Assert.That(first.Seen.Concat(second.Seen), Is.EqualTo(whole.Seen));
        Assert.That(whole.Seen.Distinct().Count(), Is.GreaterThan(whole.Seen.Count / 2), "steps draw anew");
    }

    [TestCaseSource(nameof(Recipes))]
    public void Training_OnTwoAndThreeRanks_EndsNearOneProcess(StudentRecipe recipe)
    {
        using var alone = tiny.Begin(recipe);
        var expected = alone.Train(3);
        foreach (var worldSize in (int[])[2, 3])
        {
            var runs = RankThreads.Run(worldSize, ranks =>
            {
                using var runner = tiny.Begin(recipe, ranks, new DistributedRecipe { BucketMegabytes = 0.002 });
                return (runner.Train(3).Weights(), runner.Seen);
            });
            if (recipe.Source is StudentSourceRecipe { ReplayShare: > 0 }) continue; // each rank takes its own again
            Assert.That(runs.SelectMany(run => run.Seen).Order(StringComparer.Ordinal), Is.EqualTo(expected.Seen.Order(StringComparer.Ordinal)),
                $"{worldSize} ranks");
            foreach (var (name, values) in expected.Weights()) Assert.That(runs[0].Item1[name], Is.EqualTo(values).Within(2e-5f), name);
        }
    }

    [Test]
    public void EveryObjective_OnOwnSamples_HasATrustRegion() =>
        Assert.That(ObjectiveKinds.All.Kinds.Values.Select(make => ((ObjectiveRecipe)Activator.CreateInstance(make)!).StepBound), Is.All.EqualTo(1));

    [Test]
    public void Draws_SideBySideAndOneAfterTheOther_AreTheSame()
    {
        var recipe = new StudentRecipe { Objective = new SoftPolicyRecipe(), Temperatures = Temperatures.Between(0.5, 1),
            Source = new StudentSourceRecipe { Batch = 2 } };
        var numThreads = TorchSharp.torch.get_num_threads();
        try
        {
            var seen = new List<List<string>>();
            foreach (var count in (int[])[1, 2])
            {
                TorchSharp.torch.set_num_threads(count);
                using var runner = tiny.Begin(recipe);
                seen.Add(runner.Train(3).Seen);
                Assert.That(TorchSharp.torch.get_num_threads(), Is.EqualTo(count), "as it was");
            }

            Assert.That(seen[1], Is.EqualTo(seen[0]));
        }
        finally
        {
            TorchSharp.torch.set_num_threads(numThreads);
        }
    }

    [Test]
    public void Draws_OfOneChunkAtSeveralTemperatures_ShareNoRandomNumbers()
    {
        // A student that has learnt nothing is the same at every temperature: with the same random numbers it would say the same.
        var recipe = new StudentRecipe
        {
            Objective = new SubTrajectoryBalanceRecipe(), Temperatures = Temperatures.Of(0.6, 0.9), Conditioning = new LayerNormsRecipe(),
            Source = new StudentSourceRecipe { Batch = 6 },
        };
        using var runner = tiny.Begin(recipe);
        var texts = runner.Train(1).Seen.Select(line => line.Split(" student ")[1]).ToArray();
        Assert.That(texts, Has.Length.EqualTo(6));
        Assert.That(texts.Distinct().Count(), Is.GreaterThanOrEqualTo(5), "two may end at once alike");
    }

    [Test]
    public void Mixture_OfOwnSamplesAndOthers_HasEachOnLanesOfItsOwn()
    {
        var source = new StudentSourceRecipe { Batch = 2, ReplayShare = 0.34, CorpusShare = 0.17, TeacherShare = 0.17 };
        using var runner = tiny.Begin(new StudentRecipe { Objective = new SubTrajectoryBalanceRecipe(), Temperatures = Temperatures.Of(0.6), Source = source });
        runner.Train(2);
        var second = runner.Seen.Where(line => line.StartsWith("1: ", StringComparison.Ordinal)).Select(line => line.Split(' '))
            .ToDictionary(parts => parts[1], parts => parts[2]);
        Assert.That(second, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["0"] = "student", ["1"] = "student", ["2"] = "replay", ["3"] = "replay", ["4"] = "teacher", ["5"] = "corpus",
        }));
        var drawn = runner.Seen.Where(line => line.Contains(" student ", StringComparison.Ordinal)).Select(line => line.Split(" student ")[1]).ToHashSet();
        Assert.That(runner.Seen.Where(line => line.Contains(" replay ", StringComparison.Ordinal)).Select(line => line.Split(" replay ")[1]),
            Is.All.Matches<string>(line => drawn.Contains(line!)));
    }
}
