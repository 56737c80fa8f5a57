using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Moq;
using Orchestrator.Domain.Commands;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Tests.Commands;

/// <summary>How a command learns of the end of a run that could not tell it.</summary>
public sealed class FindCommandEndTests
{
    private static readonly TenantSpec Foo = new() { Tenant = "foo", Gateway = new() { Service = new(ServiceType.ClusterIP, [new("http2", 80, 8080)]) } };

    private static Task<CommandEnd?> FindAsync(OrchestrationRuntimeStatus status, string begunBy)
    {
        var client = new Mock<DurableTaskClient>("test");
        client.Setup(it => it.GetInstanceAsync("tenant.foo", true, It.IsAny<CancellationToken>())).ReturnsAsync(new OrchestrationMetadata("Tenant", "tenant.foo")
        {
            RuntimeStatus = status,
            DataConverter = JsonDataConverter.Default,
            SerializedInput = JsonSerializer.Serialize(new TenantStart(TenantIntent.Onboard, Foo, Command: begunBy)),
        });
        return FindCommandEnd.RunAsync(new("command.1", new Command.OnboardTenant(Foo)), client.Object, CancellationToken.None);
    }

    [Fact]
    public async Task A_run_that_goes_on_has_no_end() => Assert.Null(await FindAsync(OrchestrationRuntimeStatus.Running, begunBy: "command.1"));

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    public async Task A_run_that_broke_has_failed(OrchestrationRuntimeStatus status)
    {
        var end = await FindAsync(status, begunBy: "command.1");
        Assert.Equal("Failed", end!.Phase);
        Assert.NotNull(end.Reason);
    }

    [Fact]
    public async Task A_later_run_is_another_commands() => Assert.Equal("Unknown", (await FindAsync(OrchestrationRuntimeStatus.Running, begunBy: "command.2"))!.Phase);
}
