using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Moq;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class EntityTests
{
    [Fact]
    public void An_id_is_a_lower_case_name_and_a_key()
    {
        var id = new EntityInstanceId("Counter", "A@b");

        Assert.Equal("@counter@A@b", id.ToString());
        Assert.Equal(id, EntityInstanceId.FromString("@Counter@A@b"));
        Assert.NotEqual(id, new EntityInstanceId("Counter", "a@b"));
    }

    [Theory]
    [InlineData("counter@a")]
    [InlineData("@counter")]
    [InlineData("@@a")]
    [InlineData("")]
    public void What_is_no_id_is_refused(string text) => Assert.ThrowsAny<ArgumentException>(() => EntityInstanceId.FromString(text));

    [Fact]
    public void A_name_has_no_at_sign() => Assert.Throws<ArgumentException>(() => new EntityInstanceId("a@b", "c"));

    [Fact]
    public void Entities_can_be_registered_and_not_run()
    {
        var registry = new DurableTaskRegistry().AddEntity<Counter>().AddEntity("Other", new Counter());

        var (name, make) = registry.GetEntities().First();

        Assert.Equal("Counter", name.Name);
        Assert.Contains("does not support", Assert.Throws<NotSupportedException>(() =>
        {
            _ = make(Mock.Of<IServiceProvider>()).RunAsync(Mock.Of<TaskEntityOperation>());
        }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => registry.AddEntity("other", typeof(Counter)));
    }

    [Fact]
    public void A_state_that_was_not_fetched_cannot_be_read()
    {
        var id = new EntityInstanceId("counter", "a");

        Assert.Equal(7, new EntityMetadata(id, new SerializedData("7")).State.ReadAs<int>());
        Assert.False(new EntityMetadata(id).IncludesState);
        Assert.Throws<InvalidOperationException>(() => new EntityMetadata(id).State);
    }

    private sealed class Counter : TaskEntity<int>;
}
