using Orchestrator.Host.Hosting.Keys;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting.Keys;

public sealed class LinkKeyTests
{
    [Fact]
    public void The_key_of_links_is_made_once_for_its_owner_alone()
    {
        using var folder = new TemporaryDirectory();
        var key = LinkKey.Ensure(folder.Path);

        Assert.Equal(64, key.Length);
        Assert.Equal(key, LinkKey.Ensure(folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["links.key"]));
        }
    }
}
