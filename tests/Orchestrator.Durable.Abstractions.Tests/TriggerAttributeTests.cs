using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class TriggerAttributeTests
{
    [Fact]
    public void An_http_trigger_asks_for_a_function_key_unless_told_otherwise()
    {
        Assert.Equal((AuthorizationLevel.Function, null), (new HttpTriggerAttribute().AuthLevel, new HttpTriggerAttribute().Methods));
        Assert.Equal(["get", "put"], new HttpTriggerAttribute("get", "put").Methods!);
        Assert.Equal(AuthorizationLevel.Anonymous, new HttpTriggerAttribute(AuthorizationLevel.Anonymous, "get").AuthLevel);
    }

    [Fact]
    public void A_timer_keeps_its_occurrences_over_restarts_unless_told_otherwise()
    {
        var timer = new TimerTriggerAttribute("0 */5 * * * *");

        Assert.Equal((true, false), (timer.UseMonitor, timer.RunOnStartup));
    }

    [Fact]
    public void An_invocation_has_loggers_of_its_services()
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = Mock.Of<FunctionContext>(each => each.InstanceServices == services);

        Assert.NotNull(context.GetLogger<TriggerAttributeTests>());
        Assert.NotNull(context.GetLogger("Canary"));
    }
}
