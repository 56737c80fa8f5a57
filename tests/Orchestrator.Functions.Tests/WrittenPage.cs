using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests;

/// <summary>A page of the documentation that a test writes: with <c>ORC_WRITE_PAGES=1</c> it does, otherwise the page must say what the test saw.</summary>
internal static class WrittenPage
{
    public static void Check(string name, string text)
    {
        var path = Repository.PathOf("docs", name);
        if (Environment.GetEnvironmentVariable("ORC_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.ReadAllText(path));
    }
}
