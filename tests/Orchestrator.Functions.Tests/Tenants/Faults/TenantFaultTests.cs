namespace Orchestrator.Functions.Tests.Tenants.Faults;

/// <summary>A sample of the table of step and fault: a run is completed or compensated, and never stuck without a reason and a deadline.</summary>
public sealed class TenantFaultTests(SampleOfFaults tenants) : IClassFixture<SampleOfFaults>
{
    public static TheoryData<string> Rows => [.. FaultCase.Sample.Select(row => row.ToString())];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_run_that_meets_a_fault_ends_as_the_table_says(string row) => Assert.True(tenants.FailureOf(row) is null, tenants.FailureOf(row));
}

/// <summary>The whole table, for many minutes.</summary>
[Trait("Category", "Soak")]
public sealed class TenantFaultSoakTests(EveryFault tenants) : IClassFixture<EveryFault>
{
    public static TheoryData<string> Rows => [.. FaultCase.All.Select(row => row.ToString())];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_run_that_meets_a_fault_ends_as_the_table_says(string row) => Assert.True(tenants.FailureOf(row) is null, tenants.FailureOf(row));
}
