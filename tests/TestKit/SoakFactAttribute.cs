using Xunit;

namespace Orchestrator.TestKit;

/// <summary>A test that runs for minutes: only with <c>./orc test --soak</c>.</summary>
public sealed class SoakFactAttribute : FactAttribute
{
    public SoakFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("ORC_SOAK") != "1")
        {
            Skip = "Runs for minutes: ./orc test --soak";
        }
    }
}
