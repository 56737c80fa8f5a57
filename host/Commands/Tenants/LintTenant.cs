using System.CommandLine;
using Orchestrator.Domain;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants lint TENANT -f FILE</c></summary>
internal sealed class LintTenant : LintCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();

    public LintTenant()
        : base("a tenant's spec") => Add(tenant);

    protected override IReadOnlyList<Problem> Check(ParseResult parsed, ReadOnlyMemory<byte> body) =>
        StrictJson.Read(body, json => TenantRequest.Read(json, parsed.GetRequiredValue(tenant))).Problems;
}
