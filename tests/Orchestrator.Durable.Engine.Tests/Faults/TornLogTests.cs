using Xunit.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class TornLogTests(ITestOutputHelper output)
{
    private const int Instances = 40;

    [Theory]
    [Scenario(10)]
    [InlineData("cut off")]
    [InlineData("garbled")]
    public async Task A_torn_end_of_the_log_takes_the_last_commits_back_and_the_work_goes_on_from_there(string damage)
    {
        using var store = new TemporaryStore();
        var ledger = new Ledger(store.Path + ".ledger");
        using (var victim = Victim.Start("work", store.Path, ledger.Path, Instances))
        {
            await Expect.Until(() => ledger.Read().Count > Instances * WorkRole.Steps / 2, "half of the work is done");
            victim.Kill();
            await Expect.Within(victim.WaitForExitAsync(), "the killed process to be gone");
        }

        var bytes = Random.Shared.Next(1, 50_000);
        Tear(store.Path + "-wal", bytes, damage);
        StoreAudit.Check(store.Path, ledger.Read());
        await Victim.RunToEndAsync("work", store.Path, ledger.Path, Instances);
        Work.CheckEnd(store, ledger, Instances);
        output.WriteLine($"Log with its last {bytes} bytes {damage}: {Work.Figures(ledger, Instances)}");
    }

    private static void Tear(string log, int bytes, string damage)
    {
        using var file = File.OpenWrite(log);
        Assert.True(file.Length > bytes);
        if (damage == "cut off")
        {
            file.SetLength(file.Length - bytes);
            return;
        }

        var noise = new byte[bytes];
        Random.Shared.NextBytes(noise);
        file.Seek(-bytes, SeekOrigin.End);
        file.Write(noise);
    }
}
