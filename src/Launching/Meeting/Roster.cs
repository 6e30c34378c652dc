namespace Lhts.Launching.Meeting;

/// <summary>The agents that are here, in the order of their numbers.</summary>
internal sealed class Roster(int numAgents, ElasticRange? elastic)
{
    private readonly SortedDictionary<int, Member> members = [];

    /// <summary>All that are here.</summary>
    public IReadOnlyCollection<Member> All => members.Values;

    /// <summary>Those of the latest generation.</summary>
    public IEnumerable<Member> Generation => members.Values.Where(member => member.IsInGeneration);

    /// <summary>Whether every agent of the run is here.</summary>
    public bool IsFull => members.Count == numAgents;

    /// <summary>The numbers of those that are not here.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, numAgents).Where(number => !members.ContainsKey(number));

    /// <summary>The agent at a connection, or null.</summary>
    public Member? At(int connection) => members.Values.FirstOrDefault(member => member.Connection == connection);

    /// <summary>The agent of a number, or null.</summary>
    public Member? Of(int agent) => members.GetValueOrDefault(agent);

    /// <summary>Adds an agent.</summary>
    public void Add(Member member) => members.Add(member.Join.Agent, member);

    /// <summary>Removes an agent.</summary>
    public void Remove(Member member) => members.Remove(member.Join.Agent);

    /// <summary>
    /// The agents of the next generation: all, or in an elastic run those whose ranks fit below its most, the first numbers first. Agent 0, which
    /// writes the checkpoints, is always the first of them.
    /// </summary>
    public IReadOnlyList<Member> Choose()
    {
        if (elastic is null) return [.. members.Values];
        var chosen = new List<Member>();
        var room = elastic.Max;
        foreach (var member in members.Values)
        {
            if (member.Join.NumRanks > room) continue;
            chosen.Add(member);
            room -= member.Join.NumRanks;
        }

        return chosen;
    }

    /// <summary>Ranks that agents bring together.</summary>
    public static int NumRanks(IEnumerable<Member> members) => members.Sum(member => member.Join.NumRanks);
}
