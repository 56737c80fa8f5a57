namespace Orchestrator.Functions.Tests.Tenants.Faults;

/// <summary>The table as a page.</summary>
public sealed class TenantFaultPage
{
    private const string Head = """
        # What a tenant's run survives

        Written from `FaultCase`, the rows of `TenantFaultSoakTests` (`./orc test --soak`; a quarter of them runs in `./orc test`), by
        `ORC_WRITE_PAGES=1 dotnet test tests/Orchestrator.Functions.Tests --filter FullyQualifiedName~TenantFaultPage`; do not edit.

        Each row is played on the simulated cluster: the API server does the trouble to the step's request, for one tenant, while others run beside it.

        - **completed**: the run ends as if nothing had been, and no field differs from the spec (after offboarding: nothing is left).
        - **compensated**: `RolledBack` with the reason at that step; every object is as it was, the IstioOperator in `istio-system` included.
        - **repeatable**: `Failed` with the reason at that step; the same call again goes on where it stood, and leaves nothing behind.

        A trouble that stays lasts until the run gives the step up at its deadline (`readiness.timeout`).
        SIGKILL after each activity of each flow, its effect done and its result lost, is played by `TenantCrashTests`: every run completes.


        """;

    [Fact]
    public void The_page_tells_the_rows() => WrittenPage.Check("tenant-faults.md", Render());

    private static string Render()
    {
        var troubles = FaultCase.All.Select(row => row.Trouble).Distinct().ToList();
        var rows = FaultCase.All
            .GroupBy(row => (row.Flow, row.Mode, row.Step))
            .Select(step => $"| {step.Key.Flow} | {step.Key.Mode} | {step.Key.Step} | {string.Join(" | ", troubles.Select(trouble => Cell(step, trouble)))} |");
        return Head
            + $"| flow | gateway mode | step | {string.Join(" | ", troubles.Select(trouble => trouble.Name))} |\n"
            + $"|---|---|---|{string.Concat(troubles.Select(_ => "---|"))}\n"
            + string.Join('\n', rows) + "\n";
    }

    private static string Cell(IEnumerable<FaultCase> rows, Trouble trouble) =>
        rows.FirstOrDefault(row => row.Trouble == trouble)?.Outcome.ToString().ToLowerInvariant() ?? "";
}
