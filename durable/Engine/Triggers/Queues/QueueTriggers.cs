using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Runs the queue functions of the app.</summary>
internal sealed class QueueTriggers(
    FunctionCatalog catalog,
    HostJson hostJson,
    FunctionSettings settings,
    IServiceProvider services,
    TimeProvider time,
    ILogger<QueueTriggers> logger)
    : TriggerListeners<QueueFunction>(catalog.Queues, settings)
{
    protected override Task ListenAsync(QueueFunction function, CancellationToken stopping)
    {
        var clients = services.GetRequiredService<QueueClients>();
        var name = Settings.Resolve(function.Trigger.QueueName);
        var runner = new MethodRunner(function.Method, hostJson.FunctionTimeout, services);
        var listener = new QueueListener(
            function.Name,
            clients.Open(name, function.Trigger.Connection),
            clients.OpenPoison(name, function.Trigger.Connection),
            (message, cancellation) => runner.RunAsync(function.Reader.Read(message.Body), cancellation),
            hostJson.Queues,
            time,
            logger);
        return Task.Run(() => listener.ListenAsync(stopping), CancellationToken.None);
    }
}
