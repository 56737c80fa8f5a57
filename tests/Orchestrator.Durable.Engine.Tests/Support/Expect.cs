using Grpc.Core;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Waits with a deadline, so that a hanging test says what it waited for.</summary>
internal static class Expect
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task<T> Within<T>(Task<T> task, string what)
    {
        await Within((Task)task, what);
        return await task;
    }

    public static async Task Within(Task task, string what, TimeSpan? deadline = null)
    {
        var longest = deadline ?? Deadline;
        if (await Task.WhenAny(task, Task.Delay(longest)) != task)
            throw new TimeoutException($"Waited {longest.TotalSeconds} s for: {what}");
        await task;
    }

    /// <summary>The client refuses as the genuine one does.</summary>
    public static async Task Refusal(StatusCode status, Func<Task> call) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    public static async Task Until(Func<bool> condition, string what)
    {
        var end = DateTime.UtcNow + Deadline;
        while (!condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"Waited {Deadline.TotalSeconds} s until: {what}");
            await Task.Delay(10);
        }
    }
}
