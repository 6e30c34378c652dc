using Lhts.Launching.Meeting;

namespace Lhts.Launching.Transport;

/// <summary>An agent's way to the coordinator.</summary>
internal interface ILink
{
    /// <summary>Connects; <see cref="LinkEvents"/> hear what comes of it.</summary>
    void Connect();

    /// <summary>Closes the connection.</summary>
    void Disconnect();

    /// <summary>Sends a message over the connection, if there is one.</summary>
    void Send(Message message);
}

/// <summary>What an agent hears of its link; called in its loop.</summary>
/// <param name="Connected">The coordinator is reached.</param>
/// <param name="Disconnected">It could not be reached, or is not any more, and why.</param>
/// <param name="Received">It sent a message.</param>
internal sealed record LinkEvents(Action Connected, Action<string> Disconnected, Action<Message> Received);
