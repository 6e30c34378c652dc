using System.Globalization;
using System.Security.Cryptography;
using Lhts.Faults.Benchmarks;
using Lhts.Telemetry;
using Lhts.Telemetry.Progress;

// Run as root: dotnet run -c Release --project benchmarks/faults -- [number of faults, default all 72] [seed, default 1]
const int NumHosts = 3;
var numFaults = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : int.MaxValue;
var random = new Random(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1);
var faults = Campaign.All(NumHosts, random).Take(numFaults).ToArray();
var folder = Directory.CreateTempSubdirectory("lhts-faults-").FullName;
var reporter = ProgressReporters.ForErrors(TimeProvider.System);
TinyRecipe.Write(folder, faults.Length);

using var hosts = new Hosts(NumHosts);
reporter.WriteLine($"an undisturbed run on {NumHosts} hosts; everything is in {folder}");
using (var cluster = new Cluster(hosts, NumHosts, folder, "undisturbed.yaml", gate: null))
{
    if (cluster.Wait().Any(code => code != 0)) throw new InvalidOperationException($"The undisturbed run failed; see the logs in {folder}.");
}

var outcomes = new List<Outcome>();
using (var gate = new Gate(Path.Combine(folder, "gate")))
using (var cluster = new Cluster(hosts, NumHosts, folder, "disturbed.yaml", gate.Path))
{
    var watch = new RunWatch(Path.Combine(folder, "disturbed"), Path.Combine(folder, "disturbed.yaml.host0.log"));
    gate.Entered = watch.Note;
    var injector = new Injector(cluster, hosts, gate, watch, TinyRecipe.Outage, random);
    watch.WaitForStudent(TimeSpan.FromMinutes(2));
    using (var progress = reporter.Begin("faults", faults.Length, "faults"))
    {
        foreach (var fault in faults)
        {
            if (cluster.HasEnded) throw new InvalidOperationException($"The run ended before its faults did; see the logs in {folder}.");
            outcomes.Add(injector.Inject(fault));
            progress.Report(
                outcomes.Count, new ProgressFigure("seconds", outcomes[^1].Seconds), new ProgressFigure("redone", outcomes[^1].Redone, FigureStyle.Count));
        }
    }

    reporter.WriteLine("no more faults: the run goes on to its end");
    gate.Dispose();
    var codes = cluster.Wait();
    if (codes.Any(code => code != 0))
    {
        throw new InvalidOperationException($"The disturbed run ended with exit codes {string.Join(", ", codes)}; see the logs in {folder}.");
    }
}

Table.Print(outcomes);
var same = HashOf("undisturbed") == HashOf("disturbed");
Console.WriteLine(
    $"\n{outcomes.Count} faults; the student's weights are {(same ? "those of the undisturbed run, bit for bit" : "NOT those of the undisturbed run")}.");
if (same) Directory.Delete(folder, recursive: true);
return same ? 0 : 1;

string HashOf(string run) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, run, "student", "model", "model.safetensors"))));
