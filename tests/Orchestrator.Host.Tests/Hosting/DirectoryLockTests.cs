using Orchestrator.Host.Hosting;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class DirectoryLockTests
{
    [Fact]
    public void A_second_owner_is_refused_until_the_first_lets_go()
    {
        using var folder = new TemporaryDirectory();

        using (var first = DirectoryLock.TryTake(folder.Path, "dev.lock"))
        {
            Assert.NotNull(first);
            Assert.Null(DirectoryLock.TryTake(folder.Path, "dev.lock"));
            Assert.True(DirectoryLock.IsHeld(folder.Path, "dev.lock"));
        }

        Assert.False(DirectoryLock.IsHeld(folder.Path, "dev.lock"));
    }
}
