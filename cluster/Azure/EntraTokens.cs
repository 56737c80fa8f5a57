using System.Net.Http.Headers;
using Azure.Core;
using k8s.Authentication;

namespace Orchestrator.Cluster.Azure;

/// <summary>
/// Bearer tokens of Entra ID for one scope. One is kept until shortly before it expires; however many ask, one request at a time goes to Entra ID.
/// </summary>
/// <param name="credential">Who asks.</param>
/// <param name="time">The clock.</param>
/// <param name="scope">What the tokens open; default is the API servers of AKS.</param>
public sealed class EntraTokens(TokenCredential credential, TimeProvider time, string scope = EntraTokens.Aks) : ITokenProvider
{
    /// <summary>
    /// The AKS AAD server, the same application for every cluster:
    /// https://learn.microsoft.com/azure/aks/kubelogin-authentication.
    /// </summary>
    public const string Aks = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";

    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim refreshing = new(1);
    private volatile Kept? kept;

    /// <inheritdoc/>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        if (kept is { } fresh && fresh.RefreshAt > time.GetUtcNow())
        {
            return fresh.Header;
        }

        await refreshing.WaitAsync(cancellationToken);
        try
        {
            if (kept is { } refreshed && refreshed.RefreshAt > time.GetUtcNow())
            {
                return refreshed.Header;
            }

            var token = await credential.GetTokenAsync(new([scope]), cancellationToken);
            kept = new(new("Bearer", token.Token), token.RefreshOn ?? token.ExpiresOn - Ahead, token.ExpiresOn);
            return kept.Header;
        }
        catch (Exception e) when (e is not OperationCanceledException && kept is { } old && old.ExpiresAt > time.GetUtcNow())
        {
            return old.Header; // It still opens; the next caller asks again.
        }
        finally
        {
            refreshing.Release();
        }
    }

    private sealed record Kept(AuthenticationHeaderValue Header, DateTimeOffset RefreshAt, DateTimeOffset ExpiresAt);
}
