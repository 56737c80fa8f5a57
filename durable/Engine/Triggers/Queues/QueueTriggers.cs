using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Runs the queue functions of the app from when the host has started until it stops.</summary>
internal sealed class QueueTriggers(
    FunctionCatalog catalog,
    HostJson hostJson,
    FunctionSettings settings,
    IServiceProvider services,
    TimeProvider time,
    ILogger<QueueTriggers> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private Task listeners = Task.CompletedTask;

    // The engine, which the functions call, has started by then.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        listeners = Task.WhenAll(catalog.Queues.Where(queue => !settings.IsDisabled(queue.Name)).Select(ListenAsync));
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

    private Task ListenAsync(QueueFunction function)
    {
        var clients = services.GetRequiredService<QueueClients>();
        var name = settings.Resolve(function.Trigger.QueueName);
        var runner = new MethodRunner(function.Method, hostJson.FunctionTimeout, services);
        var listener = new QueueListener(
            function.Name,
            clients.Open(name, function.Trigger.Connection),
            clients.OpenPoison(name, function.Trigger.Connection),
            (message, cancellation) => runner.RunAsync(function.Reader.Read(message.Body), cancellation),
            hostJson.Queues,
            time,
            logger);
        return Task.Run(() => listener.ListenAsync(stopping.Token));
    }
}
