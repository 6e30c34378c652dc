namespace TorchSharp;

/// <summary>
/// Frees the tensors made on this thread since the scope was opened, but for those moved out. Scopes nest and close in
/// reverse order; they belong to the thread that opened them. Another thread may dispose or detach a tensor of the scope: the
/// tensor's own field says which scope has it, and whoever clears that field first has the tensor. The list of the scope is its
/// thread's alone, so what another thread took out stays in it as a stale entry, which is skipped.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? current;

    private readonly DisposeScope? outer;
    private readonly List<torch.Tensor?> tensors = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool disposed;

    internal DisposeScope()
    {
        outer = current;
        current = this;
    }

    /// <summary>The innermost open scope of this thread.</summary>
    internal static DisposeScope? Current => current;

    /// <summary>Tensors that the scope would free.</summary>
    public int DisposablesCount => tensors.Count(tensor => tensor?.Scope == this);

    /// <summary>Whether the scope would free this tensor.</summary>
    public bool Contains(IDisposable disposable) => disposable is torch.Tensor tensor && tensor.Scope == this;

    /// <summary>Moves a tensor to the scope around this one, or out of all scopes where there is none.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveTo(outer, disposable);

    /// <summary>Frees everything under this scope and leaves it open.</summary>
    public void DisposeEverything()
    {
        foreach (var tensor in tensors)
        {
            if (tensor is not null && Interlocked.CompareExchange(ref tensor.Scope, null, this) == this) tensor.Dispose();
        }

        tensors.Clear();
    }

    /// <summary>Frees everything and closes the scope. A scope inside that is still open is closed with it.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        DisposeEverything();
        if (IsOpenOnThisThread()) current = outer;
    }

    internal void Add(torch.Tensor tensor)
    {
        if (thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("A dispose scope belongs to the thread that opened it: a tensor cannot join it from another one.");
        }

        tensor.Scope = this;
        tensor.ScopeSlot = tensors.Count;
        tensors.Add(tensor);
    }

    internal void Remove(torch.Tensor tensor)
    {
        if (Interlocked.CompareExchange(ref tensor.Scope, null, this) != this || thread != Environment.CurrentManagedThreadId) return;
        tensors[tensor.ScopeSlot] = null;
        while (tensors.Count > 0 && tensors[^1] is null) tensors.RemoveAt(tensors.Count - 1);
    }

    private static T MoveTo<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        if (disposable is not torch.Tensor tensor) return disposable;
        tensor.Scope?.Remove(tensor);
        scope?.Add(tensor);
        return disposable;
    }

    private bool IsOpenOnThisThread()
    {
        for (var scope = current; scope is not null; scope = scope.outer)
        {
            if (scope == this) return true;
        }

        return false;
    }
}

public static partial class torch
{
    /// <summary>Opens a scope that frees the tensors made on this thread until it is disposed.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>The innermost open scope of this thread.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;
}
