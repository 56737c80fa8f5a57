using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Cluster.Azure;

/// <summary>Who the app is in Entra ID.</summary>
public static class AzureIdentity
{
    private const string ClientId = "AZURE_CLIENT_ID";

    /// <summary>
    /// The identity of where the app runs: workload identity, managed identity, or, on a developer's machine, that of <c>az login</c>. The setting
    /// <c>AZURE_CLIENT_ID</c> chooses among several managed identities. Nothing is asked for before a token is needed.
    /// </summary>
    public static TokenCredential Create(IConfiguration configuration) => new DefaultAzureCredential(new DefaultAzureCredentialOptions
    {
        ManagedIdentityClientId = configuration[ClientId],
        WorkloadIdentityClientId = configuration[ClientId],
        ExcludeInteractiveBrowserCredential = true,
    });
}
