using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class FunctionDiscoveryTests
{
    [Fact]
    public void Functions_are_found_by_their_triggers()
    {
        var catalog = Find(typeof(Good));

        Assert.Equal(["Onboard"], catalog.Registry.GetOrchestrators().Select(each => each.Key.Name));
        Assert.Equal(["EnsureNamespace"], catalog.Registry.GetActivities().Select(each => each.Key.Name));
        Assert.Equal(["GetTenant"], catalog.Http.Select(each => each.Method.Definition.Name));
        Assert.Equal(["OnTime"], catalog.Timers.Select(each => each.Name));
        Assert.Equal(["OnCommand"], catalog.Queues.Select(each => each.Name));
    }

    [Fact]
    public void Every_problem_names_its_method_and_parameter()
    {
        var failure = Assert.Throws<FunctionDiscoveryException>(() => Find(typeof(Bad)));

        string[] expected =
        [
            "NoTrigger|NoTrigger|no parameter has a trigger",
            "TwoTriggers|TwoTriggers|parameters 'one' and 'two' are both triggers",
            "Hidden|Hidden|the method must be public",
            "9lives|BadName|the name must be",
            "SAME|SameAgain|the name is taken by",
            "Http|Unbound|parameter 'stream' of type Stream: nothing binds it",
            "Http2|WrongRequest|parameter 'request' of type String: nothing binds it",
            "Http3|WrongRoute|its route '{a' is no route template",
            "Activity|ActivityWithQuery|parameter 'dryRun' of type Boolean: nothing binds it",
            "Orchestrator|TwoInputs|parameter 'more' of type String: an orchestrator takes its context and at most one input, which is 'input'",
            "Orchestrator2|WrongContext|parameter 'context' of type String: [OrchestrationTrigger] belongs on a TaskOrchestrationContext",
            "Orchestrator3|HostContext|parameter 'cancellation' of type CancellationToken: an orchestrator gets nothing of the host",
            "Orchestrator4|OnInstance|its class needs a constructor without parameters",
        ];
        foreach (var (line, parts) in failure.Problems.Zip(expected.Select(each => each.Split('|'))))
        {
            Assert.StartsWith($"Function '{parts[0]}' ({typeof(Bad).FullName}.{parts[1]}): {parts[2]}", line, StringComparison.Ordinal);
        }

        Assert.Equal(expected.Length, failure.Problems.Count);
        Assert.All(failure.Problems, line => Assert.Contains(line, failure.Message, StringComparison.Ordinal));
    }

    private static FunctionCatalog Find(Type type) => FunctionDiscovery.Find(new HostJson(), [type]);

#pragma warning disable IDE0060 // The parameters are what is tested.
    private sealed class Good
    {
        [Function("Onboard")]
        public static Task<string> OnboardAsync([OrchestrationTrigger] TaskOrchestrationContext context, string input) => Task.FromResult(input);

        [Function("EnsureNamespace")]
        public Task EnsureAsync([ActivityTrigger] string input, FunctionContext context, CancellationToken cancellation) => Task.CompletedTask;

        [Function("GetTenant")]
        public IResult Get([HttpTrigger("get", Route = "tenants/{tenant}")] HttpRequest request, string tenant) => TypedResults.Ok(tenant);

        [Function("OnCommand")]
        public void OnCommand([QueueTrigger("commands")] string message)
        {
        }

        [Function("OnTime")]
        public void OnTime([TimerTrigger("0 * * * * *")] TimerInfo timer)
        {
        }

        public void NoFunction(string input)
        {
        }
    }

    private sealed class Bad(string service)
    {
        [Function("NoTrigger")]
        public static void NoTrigger(string input)
        {
        }

        [Function("TwoTriggers")]
        public static void TwoTriggers([ActivityTrigger] string one, [ActivityTrigger] string two)
        {
        }

        [Function("Hidden")]
        internal static void Hidden([ActivityTrigger] string input)
        {
        }

        [Function("9lives")]
        public static void BadName([ActivityTrigger] string input)
        {
        }

        [Function("Same")]
        public static void Same([ActivityTrigger] string input)
        {
        }

        [Function("SAME")]
        public static void SameAgain([ActivityTrigger] string input)
        {
        }

        [Function("Http")]
        public static void Unbound([HttpTrigger] HttpRequest request, Stream stream)
        {
        }

        [Function("Http2")]
        public static void WrongRequest([HttpTrigger] string request)
        {
        }

        [Function("Http3")]
        public static void WrongRoute([HttpTrigger(Route = "{a")] HttpRequest request)
        {
        }

        [Function("Activity")]
        public static void ActivityWithQuery([ActivityTrigger] string input, bool dryRun)
        {
        }

        [Function("Orchestrator")]
        public static void TwoInputs([OrchestrationTrigger] TaskOrchestrationContext context, string input, string more)
        {
        }

        [Function("Orchestrator2")]
        public static void WrongContext([OrchestrationTrigger] string context)
        {
        }

        [Function("Orchestrator3")]
        public static void HostContext([OrchestrationTrigger] TaskOrchestrationContext context, CancellationToken cancellation)
        {
        }

        [Function("Orchestrator4")]
        public string OnInstance([OrchestrationTrigger] TaskOrchestrationContext context) => service;
    }
#pragma warning restore IDE0060
}
