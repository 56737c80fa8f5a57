using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class FunctionsStartupTests
{
    [Fact]
    public async Task What_is_not_served_is_said_once_at_start()
    {
        using var logs = new LogRecorder();
        var hostJson = new HostJson { Ignored = ["extensions.durableTask.storageProvider.type"] };
        await using var host = await FunctionsHost.StartAsync<Unserved>(hostJson, services => services.AddLogging(log => log.AddProvider(logs)));

        Assert.Equal(
            [
                "Function OnCommand does not run: the embedded host does not serve its messages of queue commands yet.",
                "Function Report runs, but the embedded host sends nothing to its queue reports yet.",
            ],
            logs.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text).Order());
        Assert.Contains(
            (LogLevel.Information, "host.json: extensions.durableTask.storageProvider.type has no effect in the embedded host."), logs.Lines);
    }

    [Fact]
    public async Task A_host_does_not_start_while_services_of_a_function_are_missing()
    {
        var failure = await Assert.ThrowsAsync<FunctionDiscoveryException>(() => FunctionsHost.StartAsync<Demanding>());

        Assert.Equal(
            [$"{typeof(Demanding).FullName}: parameter 'resource' of its constructor needs {typeof(IDisposable)}, which is not registered."],
            failure.Problems);
    }

#pragma warning disable IDE0060 // The parameters are what is tested.
    private sealed class Unserved
    {
        [Function("OnCommand")]
        public void OnCommand([QueueTrigger("commands")] string message)
        {
        }

        [Function("Report")]
        [QueueOutput("reports")]
        public string Report([ActivityTrigger] string input) => input;
    }

    private sealed class Demanding(IDisposable resource)
    {
        [Function("Get")]
        public string Get([HttpTrigger] HttpRequest request) => $"{resource}";
    }
#pragma warning restore IDE0060
}
