namespace Lhts.Launching.Meeting;

/// <summary>What a coordinator wants done.</summary>
internal abstract record CoordinatorCommand
{
    /// <summary>Send a message over a connection.</summary>
    internal sealed record Send(int Connection, Message Message) : CoordinatorCommand;

    /// <summary>Close a connection once everything before is sent. The coordinator has forgotten it already.</summary>
    internal sealed record Close(int Connection) : CoordinatorCommand;
}

/// <summary>A failure that ends a generation.</summary>
/// <param name="Text">What happened, where.</param>
/// <param name="IsSecondary">Whether it may follow from another: a rank that lost its peers.</param>
internal sealed record Failure(string Text, bool IsSecondary);
