using Lhts.Launching.Meeting;

namespace Lhts.Launching.Agents;

/// <summary>What an agent wants done.</summary>
internal abstract record AgentCommand
{
    /// <summary>Connect to the coordinator.</summary>
    internal sealed record Connect : AgentCommand;

    /// <summary>Close the connection to the coordinator.</summary>
    internal sealed record Disconnect : AgentCommand;

    /// <summary>Send the coordinator a message.</summary>
    internal sealed record Send(Message Message) : AgentCommand;

    /// <summary>Start the workers of a generation.</summary>
    internal sealed record Start(World World) : AgentCommand;

    /// <summary>Ask a worker to save a checkpoint and end (SIGTERM).</summary>
    internal sealed record Terminate(int Worker) : AgentCommand;

    /// <summary>End a worker (SIGKILL).</summary>
    internal sealed record Kill(int Worker) : AgentCommand;

    /// <summary>Show a message.</summary>
    internal sealed record Say(string Text) : AgentCommand;

    /// <summary>End this process.</summary>
    internal sealed record Exit(int Code) : AgentCommand;
}
