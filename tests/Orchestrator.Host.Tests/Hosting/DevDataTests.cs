using Orchestrator.Host.Hosting;
using Orchestrator.Host.Input;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class DevDataTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Reset_empties_the_folder_of_a_simulated_cluster()
    {
        Directory.CreateDirectory(folder["cluster"]);
        foreach (var file in (string[])["kubeconfig", "orchestrator.db", "dev.lock", "cluster/store.db"])
        {
            await File.WriteAllTextAsync(folder[file], "x");
        }

        await DevData.ResetAsync(folder.Path, keep: "dev.lock", CancellationToken.None);

        Assert.Equal(["dev.lock"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Reset_leaves_a_folder_alone_that_is_not_a_clusters()
    {
        await File.WriteAllTextAsync(folder["thesis.tex"], "years of work");

        await Assert.ThrowsAsync<InputException>(() => DevData.ResetAsync(folder.Path, keep: "dev.lock", CancellationToken.None));

        Assert.True(File.Exists(folder["thesis.tex"]));
    }
}
