using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.Functions.Tests.Canaries.ForeignActors;

/// <summary>A foreign actor on a simulated cluster meddles with runs, under every policy.</summary>
public sealed class ForeignActorTests(RunningAppWithMesh app, ITestOutputHelper output) : IClassFixture<RunningAppWithMesh>
{
    private const string Head = """
        # What a canary does when somebody else changes what it steers

        Written by `ORC_WRITE_PAGES=1 dotnet test tests/Orchestrator.Functions.Tests --filter FullyQualifiedName~ForeignActorTests.Every` from runs on the
        simulated cluster, each with one edit by another field manager while the candidate has 10 %; do not edit. The same edits at random moments of 200
        runs: `./orc test --soak`.

        A run compares the VirtualService and the DestinationRule (or the HTTPRoute), spec and labels, with what it left, and the templates of both Deployments
        with what they were; of the Services behind an HTTPRoute, that they are there and select the pods of their version. It looks as soon as a watch tells
        that one of them was written, at every sample, and before every write. `onForeignChange` says what follows. The view shows the last changes
        (`changes`), the history all of them, each with object, field, field manager, both values, time and answer.

        - **Repaired**: what was changed or removed is put back. More than ten times the same change by the same manager ends the run.
        - **Kept**: the edit stays, after the run too. Routes, fields and labels that others *add* are kept under every policy: nothing of theirs is removed.
        - **Held**: the edit is of what the run itself sets. The run stands still, as if paused, until somebody resumes it; then its next write goes over it.
        - **Aborted**: the run is rolled back; the edit stays where it is not the run's own part.

        A Deployment that the run did not make is never put back. Where the candidate's pods are made of something else and that is not put back, the run is
        held, its approvals are void, and it is judged anew once somebody resumes it. At weight 0 nothing is looked at before the next write.

        | object | edit | `repair` | `respect`, then resumed | `abort` |
        |---|---|---|---|---|

        """;

    private static readonly ForeignChangePolicy[] Policies = [ForeignChangePolicy.Repair, ForeignChangePolicy.Respect, ForeignChangePolicy.Abort];

    [Fact]
    public async Task Every_edit_is_told_and_answered_as_the_policy_says()
    {
        ForeignRun[] runs = [.. from edit in ForeignEdit.All from policy in Policies select new ForeignRun(edit, policy, TimeSpan.Zero)];
        using var actor = new ForeignActor(app.Cluster);

        var ends = await new ForeignRuns(app, actor).PlayAsync("meddled", runs);

        Check(ends);
        WrittenPage.Check("canary-foreign-changes.md", Page(ends));
    }

    [SoakFact]
    public async Task Edits_at_random_moments_of_two_hundred_runs_are_told_and_answered()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        ForeignRun[] runs =
        [
            .. Enumerable.Range(0, 200).Select(number => new ForeignRun(
                ForeignEdit.All[random.Next(ForeignEdit.All.Count)], Policies[number % Policies.Length], TimeSpan.FromMilliseconds(random.Next(6000)))),
        ];
        using var actor = new ForeignActor(app.Cluster);

        var ends = await new ForeignRuns(app, actor).PlayAsync("chance", runs);

        output.WriteLine($"seed {seed}");
        foreach (var answers in ends.GroupBy(end => end.Key.Policy, end => end.Value.Answers))
        {
            var counts = answers.SelectMany(all => all).CountBy(change => change.Answer).Select(count => $"{count.Key} {count.Value}");
            output.WriteLine($"{answers.Key}: {answers.Count()} runs, changes told: {string.Join(", ", counts)}");
        }

        Check(ends);
    }

    private static void Check(IReadOnlyDictionary<ForeignRun, ForeignRunEnd> ends)
    {
        var failures = ends.Where(end => end.Value.Failure is not null).Select(end => $"{end.Key}: {end.Value.Failure}").ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static string Page(IReadOnlyDictionary<ForeignRun, ForeignRunEnd> ends)
    {
        var rows = from edit in ForeignEdit.All
                   select $"| {edit.Type.Kind} | {edit} | {string.Join(" | ", from policy in Policies select Cell(ends.Single(end => end.Key.Edit == edit && end.Key.Policy == policy)))} |";
        return Head + string.Join('\n', rows) + "\n";
    }

    private static string Cell(KeyValuePair<ForeignRun, ForeignRunEnd> end)
    {
        var (run, kind) = (end.Key, end.Key.Edit.Type.Kind);
        var answer = end.Value.Answers.First(change => change.Object.StartsWith(kind, StringComparison.Ordinal)).Answer;
        return $"{answer}, then {run.Edit.EndUnder(run.Policy)}{(run.Edit.IsKeptUnder(run.Policy) ? "; the edit stays" : "")}";
    }
}
