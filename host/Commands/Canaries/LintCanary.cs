using System.CommandLine;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary><c>orc canaries lint -f FILE</c></summary>
internal sealed class LintCanary() : LintCommand("a canary's spec")
{
    // Which tenant it is for, a canary's spec does not say.
    protected override IReadOnlyList<Problem> Check(ParseResult parsed, ReadOnlyMemory<byte> body) =>
        StrictJson.Read(body, json => CanaryRequest.Read(json, tenant: "")).Problems;
}
