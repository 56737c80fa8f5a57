namespace Orchestrator.Simulator.Tests;

/// <summary>Waits for what another thread or process brings about.</summary>
public static class Eventually
{
    /// <summary>Polls until a condition holds; fails after half a minute and says what did not come.</summary>
    public static Task Holds(Func<bool> condition, string what) => Holds(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="Holds(Func{bool},string)"/>
    public static async Task Holds(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30)) Assert.Fail($"Waited 30 seconds in vain until {what}.");
            await Task.Delay(20);
        }
    }
}
