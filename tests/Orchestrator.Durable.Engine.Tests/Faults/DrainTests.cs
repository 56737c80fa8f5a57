using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class DrainTests
{
    [Fact]
    [Scenario(15)]
    public async Task A_process_that_is_asked_to_end_finishes_what_runs_begins_nothing_and_the_next_goes_on()
    {
        using var store = new TemporaryStore();
        var ledger = new Ledger(store.Path + ".ledger");
        using (var first = Victim.Start("drain", store.Path, ledger.Path))
        {
            await Expect.Until(() => ledger.Read().Contains("first begins"), "the activity runs");
            Terminate(first);
            await File.WriteAllTextAsync(ledger.Path + ".go", "");
            await EndsWellAsync(first);
        }

        Assert.Equal(["first begins", "first ends"], ledger.Read());
        Assert.Single(StoreAudit.Check(store.Path).Single().Events.OfType<TaskCompleted>());

        using (var second = Victim.Start("drain", store.Path, ledger.Path))
        {
            await Expect.Until(
                () => new HistoryReader(store.Path).Find("slow")!.Status is OrchestrationRuntimeStatus.Completed,
                "the next process completes the instance");
            Terminate(second);
            await EndsWellAsync(second);
        }

        Assert.Equal(["first begins", "first ends", "second begins", "second ends"], ledger.Read());
    }

    private static void Terminate(Process process)
    {
        const int SigTerm = 15;
        Assert.Equal(0, Kill(process.Id, SigTerm));
    }

    private static async Task EndsWellAsync(Process process)
    {
        await Expect.Within(process.WaitForExitAsync(), "the process to end");
        Assert.Equal(0, process.ExitCode);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
