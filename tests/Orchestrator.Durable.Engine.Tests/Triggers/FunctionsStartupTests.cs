using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class FunctionsStartupTests
{
    [Fact]
    public async Task A_setting_without_effect_is_said_once_at_start()
    {
        using var logs = new LogRecorder();
        var hostJson = new HostJson { Ignored = ["extensions.durableTask.storageProvider.type"] };
        await using var host = await FunctionsHost.StartAsync<Nothing>(hostJson, services => services.AddLogging(log => log.AddProvider(logs)));

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

    private sealed class Nothing;

#pragma warning disable IDE0060 // The parameters are what is tested.
    private sealed class Demanding(IDisposable resource)
    {
        [Function("Get")]
        public string Get([HttpTrigger] HttpRequest request) => $"{resource}";
    }
#pragma warning restore IDE0060
}
