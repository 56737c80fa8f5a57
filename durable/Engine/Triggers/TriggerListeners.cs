using Microsoft.Extensions.Hosting;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>A function that something other than a request sets off.</summary>
internal abstract record ListeningFunction(FunctionMethod Method)
{
    internal string Name => Method.Definition.Name;
}

/// <summary>Listens for what sets functions off, from when the host has started until it stops; disabled functions are left out.</summary>
internal abstract class TriggerListeners<TFunction>(IReadOnlyList<TFunction> functions, FunctionSettings settings)
    : IHostedLifecycleService, IDisposable
    where TFunction : ListeningFunction
{
    private readonly CancellationTokenSource stopping = new();
    private Task listeners = Task.CompletedTask;

    /// <summary>What the host's settings say.</summary>
    protected FunctionSettings Settings { get; } = settings;

    // The engine, which the functions call, has started by then.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        listeners = Task.WhenAll(functions
            .Where(function => !Settings.IsDisabled(function.Name))
            .Select(function => ListenAsync(function, stopping.Token)));
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await listeners.WaitAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => stopping.Dispose();

    /// <summary>Listens until it is stopped, and then until what has begun is over.</summary>
    protected abstract Task ListenAsync(TFunction function, CancellationToken stopping);
}
